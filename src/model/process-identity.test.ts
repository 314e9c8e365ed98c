import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identifyProcess, livenessOf } from './process-identity.js';

test('a process lives while it runs, and no other that has its pid does', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const identity = identifyProcess(child.pid);
  expect(livenessOf(identity)).toBe('alive');
  expect(livenessOf({ ...identity, startTime: null })).toBe('alive');
  if (identity.startTime !== null) expect(livenessOf({ ...identity, startTime: '1' })).toBe('dead');
  expect(livenessOf({ ...identity, bootId: 'an earlier one' })).toBe('dead');
  expect(livenessOf({ ...identity, host: 'elsewhere' })).toBe('foreign');
  expect(livenessOf({ ...identity, pidNamespace: 'another container' })).toBe('foreign');
  child.stdin?.end();
  await once(child, 'exit');
  expect(livenessOf(identity)).toBe('dead');
  expect(livenessOf(identifyProcess())).toBe('alive');
  expect(livenessOf({ ...identifyProcess(), startTime: 'before' })).toBe('dead');
});
