import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hashContext, listContext, packContext } from './build-context.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ps-context-'));
  writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\n');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('goes without files that vanish between being listed and being read', async () => {
  const without = await hashContext(await listContext(folder, '', []));
  writeFileSync(join(folder, 'lock'), 'held');
  const entries = await listContext(folder, '', []);
  rmSync(join(folder, 'lock'));
  expect(await hashContext(entries)).toBe(without);
  const names: string[] = [];
  const archive = packContext(entries).pipe(extract());
  for await (const entry of archive) {
    names.push(entry.header.name);
    entry.resume();
  }
  expect(names).toEqual(['Dockerfile']);
});

it('goes without files and folders that vanish while it is listed', async () => {
  const many = Array.from({ length: 3000 }, (_, index) => `a${index}`);
  for (const name of many) writeFileSync(join(folder, name), '');
  for (const name of ['y', 'z']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'x'), '');
  const listing = listContext(folder, '', []);
  await sleep(5);
  for (const name of ['x', 'y', 'z']) rmSync(join(folder, name), { recursive: true });
  expect((await listing).length).toBeGreaterThanOrEqual(3001);
});

it('fails when there is no such folder', async () => {
  await expect(listContext(join(folder, 'none'), '', [])).rejects.toMatchObject({ code: 'ENOENT' });
});
