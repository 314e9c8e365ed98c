import type { ServiceDefinition } from '../model/index.js';

/** Images that take no password from their environment: a variable of this name is another service's. */
const deaf =
  /^([^/]+[.:][^/]*\/|localhost\/)?(redis|valkey\/valkey|redis\/redis-stack(-server)?)$|(^|\/)library\/redis$/;
const shell = /(^|\/)(ba|da|a|z)?sh$/;
/** One word of a shell: bare, in quotes, or of several such parts. */
const shellWord =
  /(?:^|\s)--requirepass\s+((?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|\$\([^)]*\)|\$\{[^}]*\}|[^\s"'\\;&|<>])+)/s;

/**
 * Gives the password that a Redis demands: the one in its command, with what a shell would put in for variables, or the one in
 * the environment when the image reads it there. `undefined`: it demands none, or only the container knows it.
 */
export function redisPassword(
  service: ServiceDefinition,
  value: (name: string) => string | undefined,
): string | undefined {
  const words = [...(service.entrypoint ?? []), ...(service.command ?? [])];
  const demanded = inCommand(words, service.environment);
  if (demanded !== undefined) return demanded.password || undefined;
  const { image, build } = service;
  if (image !== undefined && build === undefined && deaf.test(withoutTag(image))) return undefined;
  return value('REDIS_PASSWORD') || value('VALKEY_PASSWORD');
}

/** `undefined`: the command says nothing of a password. */
function inCommand(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): { readonly password: string | undefined } | undefined {
  const at = words.findIndex((word, index) => shell.test(word) && /^-\w*c$/.test(words[index + 1] ?? ''));
  if (at >= 0) {
    const word = shellWord.exec(words[at + 2] ?? '')?.[1];
    return word === undefined ? undefined : { password: expanded(word, environment) };
  }
  const option = words.indexOf('--requirepass');
  if (option >= 0) return { password: words[option + 1] };
  const inOne = words
    .map((word) => /(?:^|\s)--requirepass\s+(\S+)/.exec(word)?.[1])
    .find((found) => found !== undefined);
  return inOne === undefined ? undefined : { password: inOne.replace(/^["']|["']$/g, '') };
}

/** Gives a word as a shell reads it; `undefined` when that takes a program or a variable that only the container has. */
function expanded(word: string, environment: Readonly<Record<string, string>>): string | undefined {
  let isKnown = true;
  const text = word.replace(
    /'([^']*)'|\\(.)|"|`|\$(?:(\w+)|\{(\w+)(?::?-([^}$`]*))?\})|\$[({]/gs,
    (_, single?: string, escaped?: string, bare?: string, braced?: string, fallback?: string) => {
      if (_ === '"') return '';
      const name = bare ?? braced;
      const text = single ?? escaped ?? (name === undefined ? undefined : environment[name] || fallback);
      if (text === undefined) isKnown = false;
      return text ?? '';
    },
  );
  return isKnown ? text : undefined;
}

function withoutTag(image: string): string {
  return (image.split('@')[0] ?? '').replace(/:[^/:]*$/, '').toLowerCase();
}
