/** Characters that only a shell can carry out. */
const shellOnly = /[;&|<>()`*?[\]{}~#!\n]|\$\(|\$\{[^}]*[^\w}]/;

/** Splits a simple shell line into words; `undefined` when it takes a shell to run it. Variables get their values. */
export function splitWords(line: string, environment: Readonly<Record<string, string>>): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (let rest = line; rest !== ''; ) {
    const match =
      /^(?<space>\s+)|^'(?<single>[^']*)'|^"(?<double>(?:[^"\\]|\\.)*)"|^\\(?<escaped>.)|^(?<plain>[^\s'"\\]+)/s.exec(
        rest,
      );
    if (match?.groups === undefined) return undefined;
    rest = rest.slice(match[0].length);
    const { space, single, double, escaped, plain } = match.groups;
    if (space !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    if (plain !== undefined && shellOnly.test(plain.replace(variable, ''))) return undefined;
    if (double !== undefined && /`|\$\(/.test(double)) return undefined;
    const expanded = expand(plain ?? double?.replace(/\\(["\\$`])/g, '$1'), environment);
    word = (word ?? '') + (single ?? escaped ?? expanded);
  }
  if (word !== undefined) words.push(word);
  return words;
}

const variable = /\$(?:\{(\w+)\}|(\w+))/g;

function expand(text: string | undefined, environment: Readonly<Record<string, string>>): string {
  return (text ?? '').replace(variable, (_, braced: string | undefined, bare: string | undefined) => {
    return environment[braced ?? bare ?? ''] ?? '';
  });
}

/**
 * Gives the words of a container's command. A simple shell line (`sh -c "exec redis-server --requirepass $P"`) counts as the
 * command it runs; one that takes a shell gives `undefined`.
 */
export function commandWords(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): readonly string[] | undefined {
  const [shell = '', flag = '', line = ''] = command;
  if (!/^(\/bin\/|\/usr\/bin\/)?(ba|a)?sh$/.test(shell) || !/^-\w*c$/.test(flag)) return command;
  const words = splitWords(line, environment);
  return words?.[0] === 'exec' ? words.slice(1) : words;
}
