import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { descendantsOf, killTree, likelyDescendantsOf } from './tree.js';

test('likelyDescendantsOf gives the same as descendantsOf while no process ends', async () => {
  const { pid = 0 } = spawn('sh', ['-c', 'sh -c "sleep 60; true" & sleep 60; true'], { detached: true });
  try {
    await expect.poll(() => descendantsOf(pid).length).toBe(existsSync('/proc/self/task') ? 3 : 0);
    expect(likelyDescendantsOf(pid).sort()).toEqual(descendantsOf(pid).sort());
  } finally {
    killTree(pid);
  }
  expect(likelyDescendantsOf(2 ** 30)).toEqual([]);
});
