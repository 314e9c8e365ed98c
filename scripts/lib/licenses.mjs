import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Gives the licences of the packages that modules belong to, as one text: name, version and licence of each, in the order of their names. */
export function licensesOf(moduleFiles) {
  const folders = new Set(moduleFiles.flatMap((file) => packageFolder(file) ?? []));
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text = file === undefined ? '' : `\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}`;
    return `${name} ${version} (${license})${text}\n`;
  });
  return [...new Set(texts)].sort().join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder of the package that a file below node_modules belongs to; undefined for the project's own. */
function packageFolder(file) {
  const at = file.lastIndexOf(`${path.sep}node_modules${path.sep}`);
  if (at < 0) return undefined;
  const rest = file.slice(at + '/node_modules/'.length).split(path.sep);
  const name = rest[0].startsWith('@') ? rest.slice(0, 2) : rest.slice(0, 1);
  return path.join(file.slice(0, at), 'node_modules', ...name);
}
