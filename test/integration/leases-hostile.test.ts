import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithDocker } from '../support/docker.js';
import { library } from '../support/library.js';
import { startNode } from '../support/program.js';

const hostileSuite = fileURLToPath(new URL('../support/suites/hostile.mjs', import.meta.url));
const peacefulSuite = fileURLToPath(new URL('../support/suites/peaceful.mjs', import.meta.url));
const stack = fileURLToPath(new URL('../../compose/stack.yaml', import.meta.url));

let state: string;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'ps-hostile-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

describe('on the embedded runtime', () => besides('embedded'));
describeWithDocker('on Docker', () => besides('docker'));

function besides(runtime: 'embedded' | 'docker'): void {
  test('seven suites pass beside one that does all it can to disturb them', { timeout: 240_000 }, async () => {
    const environment = { ...process.env, PORTSIDE_STATE_DIR: state };
    const { openEnvironment } = await library();
    const source = { cwd: state, files: [stack], environment, settings: { runtime } };
    await using env = await openEnvironment({ source, client: 'test' });
    const socket = env.socket ?? '';
    const start = (args: readonly string[]) => startNode([...args], { cwd: state }).result;
    const hostile = start([hostileSuite, socket]);
    const peaceful = Array.from({ length: 7 }, (_, index) => start([peacefulSuite, socket, `suite${index}`, '15']));
    for (const [index, { code, stdout, stderr }] of (await Promise.all(peaceful)).entries()) {
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `suite${index} passed\n`, stderr: '' });
    }
    const { signal, stdout, stderr } = await hostile;
    expect([signal, stderr]).toEqual(['SIGKILL', '']);
    const { refused } = JSON.parse(stdout) as { refused: readonly string[] };
    for (const what of [
      'DROP DATABASE',
      'connect to',
      'ALTER SYSTEM',
      'pg_reload_conf',
      'TO PROGRAM',
      'CREATE ROLE',
      'SET ROLE',
      'one more',
    ]) {
      expect(refused.filter((text) => text.includes(what))).not.toEqual([]);
    }
    await expect.poll(async () => (await env.document()).leases, { timeout: 20_000 }).toEqual([]);
  });
}
