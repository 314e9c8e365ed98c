import path from 'node:path';

const OPENS =
  /^(?:export )?(?:declare )?(?:default )?(?:abstract )?(class|function|const|interface|type|namespace) (\w+)/;

/**
 * What a declaration file as `tsc` writes it exports: `own` with `{ id, name, isType, documentation, code }`, where `id` is the same
 * wherever the same thing is exported, and `foreign`, `Map` of package to the names that come from it. `read` gives a file's text.
 */
export function declarationsOf(file, read) {
  const foreign = new Map();
  const own = [];
  for (const [name, from] of exportsOf(file, read, foreign)) {
    const found = statements(read(from.file)).filter(({ names }) => names.includes(from.name));
    if (found.length === 0) throw new Error(`Cannot find the declaration of ${from.name} in ${from.file}.`);
    own.push({
      id: `${from.file}#${from.name}`,
      name,
      isType: found.every(({ kind }) => kind === 'interface' || kind === 'type'),
      documentation: [...new Set(found.map(({ documentation }) => documentation))].filter(Boolean).join('\n\n'),
      code: found.map(({ code }) => code).join('\n'),
    });
  }
  return { own, foreign };
}

/** Exported names with the file that declares them and their name there. */
function exportsOf(file, read, foreign) {
  const found = new Map();
  const text = read(file);
  for (const [, list, , target] of text.matchAll(/^export (?:type )?\{([^}]*)\}( from '([^']*)')?;/gm)) {
    for (const item of list.split(',').map((each) => each.trim().replace(/^type /, ''))) {
      const [local, name = local] = item.split(' as ');
      if (local === '') continue;
      if (target !== undefined && !target.startsWith('.')) foreign.set(target, [...(foreign.get(target) ?? []), name]);
      else found.set(name, target === undefined ? declaredIn(file, local, read) : imported(file, target, local, read));
    }
  }
  const [, byName] = /^export default (\w+);/m.exec(text) ?? [];
  if (byName !== undefined) found.set('default', declaredIn(file, byName, read));
  for (const { names, exported, isDefault } of statements(text)) {
    for (const name of exported ? names : []) found.set(isDefault ? 'default' : name, { file, name });
  }
  return found;
}

/** Where a name that a file exports without saying from where is declared: there, or where it is imported from. */
function declaredIn(file, local, read) {
  for (const [, list, target] of read(file).matchAll(/^import (?:type )?\{([^}]*)\} from '(\.[^']*)';/gm)) {
    const names = list.split(',').map((each) => each.trim().replace(/^type /, ''));
    if (names.includes(local)) return imported(file, target, local, read);
  }
  return { file, name: local };
}

function imported(file, target, name, read) {
  const next = path.join(path.dirname(file), target.replace(/\.(c|m)?js$/, '.d.$1ts'));
  const there = exportsOf(next, read, new Map()).get(name);
  if (there === undefined) throw new Error(`Cannot find ${name}, which ${file} exports, in ${next}.`);
  return there;
}

/** The statements of a file that declare something: each begins at the left edge, what goes on is indented. */
function statements(text) {
  const found = [];
  for (const block of text.split(/\n(?=export |declare |interface |type |\/\*\*)/)) {
    const [, comment] = /^\/\*\*([\s\S]*?)\*\/$/.exec(block.trim()) ?? [];
    if (comment !== undefined) {
      found.push({ comment: comment.replaceAll(/^ *\* ?/gm, '').trim(), names: [] });
      continue;
    }
    const opened = OPENS.exec(block);
    if (opened === null) {
      found.push({ names: [] });
      continue;
    }
    const [, kind, name] = opened;
    found.push({
      kind,
      names: kind === 'const' ? constantsOf(block) : [name],
      exported: block.startsWith('export '),
      isDefault: block.startsWith('export default '),
      documentation: found.at(-1)?.comment ?? '',
      code: withoutPrivates(block.replace(/^export (default )?/, '').replace(/^declare /, '')).trim(),
    });
  }
  return found;
}

/** The names of `const a: A, b: B`. */
function constantsOf(block) {
  let depth = 0;
  let flat = '';
  for (const character of block.replace(/^[\s\S]*?const /, '').replaceAll('=>', '')) {
    if ('([{<'.includes(character)) depth++;
    else if (')]}>'.includes(character)) depth--;
    else if (depth === 0) flat += character;
  }
  return flat.split(',').map((each) => each.split(/[:=;]/)[0].trim());
}

function withoutPrivates(code) {
  return code.replaceAll(/^ {4}(?:#private|private [^\n]*);\n/gm, '');
}
