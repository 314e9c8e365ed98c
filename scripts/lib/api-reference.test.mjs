import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { apiReferenceOf } from './emit-declarations.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = path.join(root, 'docs/api');

test('H169 docs/api says what the docstrings of the source say; "npm run docs:api" makes it anew', async () => {
  const { exports } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const pages = await apiReferenceOf(root, exports);
  expect((await readdir(folder)).sort()).toEqual([...pages.keys()].sort());
  for (const [name, text] of pages) expect(await readFile(path.join(folder, name), 'utf8'), name).toBe(text);
});
