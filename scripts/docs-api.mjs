import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { apiReferenceOf } from './lib/emit-declarations.mjs';
import { runMain, say } from './lib/say.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = path.join(root, 'docs/api');

/** Makes `docs/api` anew from the docstrings of what the package exports. */
async function main() {
  const { exports } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const pages = await apiReferenceOf(root, exports);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  for (const [name, text] of pages) await writeFile(path.join(folder, name), text);
  say(`wrote ${pages.size} pages to docs/api`);
}

await runMain(main);
