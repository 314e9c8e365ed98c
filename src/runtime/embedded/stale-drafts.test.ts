import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { removeStaleDrafts } from './stale-drafts.js';

it('removes drafts of processes that have ended, and neither those of living ones nor what is finished', () => {
  const state = mkdtempSync(join(tmpdir(), 'ps-drafts-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const cache = join(state, 'cache');
  const snapshots = join(cache, 'snapshots');
  const { pid: ended } = spawnSync('true');
  const living = `postgres-0a1b.tar.${process.pid}.aaaa`;
  const left = [join(cache, `postgres-0a1b.tar.${ended}.k3j9`), join(snapshots, `.0a1b.${ended}.x9`)];
  for (const folder of [join(snapshots, '0a1b'), left[1] as string]) mkdirSync(folder, { recursive: true });
  for (const file of [join(cache, 'postgres-0a1b.tar'), join(cache, living), left[0] as string])
    writeFileSync(file, '');
  expect(removeStaleDrafts(state)).toEqual(left);
  expect(readdirSync(cache).sort()).toEqual(['postgres-0a1b.tar', living, 'snapshots']);
  expect(readdirSync(snapshots)).toEqual(['0a1b']);
});

it('finds nothing where nothing has been kept', () => {
  expect(removeStaleDrafts(join(tmpdir(), 'no-such-folder-of-portside'))).toEqual([]);
});
