import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeStalePids } from './stale-pids.mjs';

test('removes the files of ended processes and keeps those of living ones', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'portside-pids-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [ended, living, absent] = ['ended', 'living', 'absent'].map((name) => path.join(folder, name));
  writeFileSync(ended, '999999999\n');
  writeFileSync(living, `${process.pid}`);
  await removeStalePids([ended, living, absent]);
  expect([existsSync(ended), existsSync(living)]).toEqual([false, true]);
});
