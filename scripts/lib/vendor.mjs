import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { say } from './say.mjs';

const STAMP = '.copied-versions';

/** Copies what a sample service depends on from the project's node_modules, so that its image builds offline. */
export async function copyDependencies(root, folder) {
  const { packages } = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8'));
  const { dependencies } = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
  const needed = new Set();
  const visit = (name, from) => {
    const place = placeOf(packages, name, from);
    if (!place || needed.has(place) || !existsSync(path.join(root, place))) return;
    needed.add(place);
    const { dependencies: own = {}, optionalDependencies: optional = {} } = packages[place];
    for (const next of Object.keys({ ...own, ...optional })) visit(next, place);
  };
  for (const name of Object.keys(dependencies)) visit(name, '');

  const target = path.join(root, folder, 'node_modules');
  const versions = [...needed].sort().map((place) => `${place} ${packages[place].version}\n`);
  const present = await readFile(path.join(target, STAMP), 'utf8').catch(() => undefined);
  if (present === versions.join('')) return;
  say(`copying ${needed.size} packages into ${folder}/node_modules for the API's image`);
  await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const place of [...needed].sort()) {
    await cp(path.join(root, place), path.join(root, folder, place), { recursive: true });
  }
  await writeFile(path.join(target, STAMP), versions.join(''));
}

/** Where a package that another one asks for is installed, as a key of the lock file. */
function placeOf(packages, name, from) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const place = `${folder ? `${folder}/` : ''}node_modules/${name}`;
    if (packages[place]) return place;
    if (folder === '') return undefined;
  }
}
