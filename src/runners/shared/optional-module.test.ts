import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ClientPackage, loadClient } from './optional-module.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portside-client-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

test("takes the copy that the project has installed before portside's own", async () => {
  await mkdir(join(folder, 'node_modules/pg'), { recursive: true });
  await writeFile(join(folder, 'node_modules/pg/index.js'), 'module.exports = "the project\'s own";');
  expect(loadClient('pg', [folder])).toBe("the project's own");
});

test("falls back to the copy beside portside's own", () => {
  expect(loadClient('pg', [folder])).toHaveProperty('Client');
});

test('fails with the command that installs the package where there is none', () => {
  const missing = 'a-client-that-nobody-has' as ClientPackage;
  expect(() => loadClient(missing, [folder])).toThrow(
    expect.objectContaining({ code: 'CLIENT_MISSING', hint: expect.stringContaining(`npm i -D ${missing}`) }),
  );
});
