import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { library } from '../support/library.js';
import { startNode } from '../support/program.js';

const leaser = fileURLToPath(new URL('../support/suites/leaser.mjs', import.meta.url));
const stack = fileURLToPath(new URL('../../compose/stack.yaml', import.meta.url));
const database = 'postgres-primary';

let state: string;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'ps-storm-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));

async function open(runtime: 'embedded' | 'docker', settings: Readonly<Record<string, string>>) {
  const { openEnvironment } = await library();
  const environment = { ...process.env, PORTSIDE_STATE_DIR: state, ...settings };
  return openEnvironment({
    source: { cwd: state, files: [stack], environment, settings: { runtime } },
    client: 'test',
  });
}

describe('on the embedded runtime', () => {
  test('64 processes lease 512 databases through 40 places: all have their turn, and ps shows who waits', {
    timeout: 240_000,
  }, async () => {
    await using env = await open('embedded', { PORTSIDE_LEASE_MAX_ACTIVE: '40' });
    const run = () => startNode([leaser, env.socket ?? '', '8', '8', database], { cwd: state });
    const workers = Array.from({ length: 64 }, run);
    const all = Promise.all(workers.map(({ result }) => result));
    let queued = '';
    while (!queued.includes('queued')) {
      const ps = runCli(['ps', '--file', stack], {
        cwd: state,
        env: { PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: 'embedded', PORTSIDE_LEASE_MAX_ACTIVE: '40' },
      });
      queued = (await ps).stdout;
    }
    for (const { code, stdout, stderr } of await all) {
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'joined\npassed\n', stderr: '' });
    }
    expect((await env.document()).leases).toEqual([]);
  });

  storm('embedded', 200);
});

describeWithDocker('on Docker', () => storm('docker', 200));

function storm(runtime: 'embedded' | 'docker', clients: number): void {
  test(`${clients} clients that are killed at random moments leave nothing, and the agent still serves`, {
    timeout: 300_000,
  }, async () => {
    // Without a pool, whatever is there afterwards was left behind.
    await using env = await open(runtime, { PORTSIDE_LEASE_POOL_MIN: '0', PORTSIDE_LEASE_POOL_MAX: '0' });
    const shared = await env.discover(database);
    let started = 0;
    const caller = async (): Promise<void> => {
      while (started++ < clients) {
        // Every tenth also has a copy of the API, which takes longest to make.
        const services = started % 10 === 0 ? [database, 'cache', 'api'] : [database, 'cache'];
        const client = startNode([leaser, env.socket ?? '', '2', '1000', ...services], { cwd: state });
        await client.printed('joined');
        await sleep(Math.random() * 400);
        client.child.kill('SIGKILL');
        await client.result;
      }
    };
    await Promise.all(Array.from({ length: 4 }, caller));
    await expect.poll(async () => (await env.document()).leases, { timeout: 30_000 }).toEqual([]);
    const admin = new pg.Client({ connectionString: shared.url });
    await admin.connect();
    const left = async () => {
      const { rows } = await admin.query(
        `SELECT datname AS name FROM pg_database WHERE datname LIKE 'lease\\_%'
        UNION ALL SELECT rolname FROM pg_roles WHERE rolname LIKE 'lease\\_%'`,
      );
      return rows;
    };
    await expect.poll(left, { timeout: 60_000 }).toEqual([]);
    await admin.end();
    if (runtime === 'docker') await expect.poll(() => copies(env.key), { timeout: 30_000 }).toEqual([]);
    await using fork = await env.fork({ services: [database] });
    expect(fork.leases).toHaveLength(1);
  });
}

/** Names of the containers that are copies of programs. */
function copies(key: string): readonly string[] {
  const list = ['ps', '--all', '--filter', `label=dev.portside.key=${key}`, '--filter', 'label=dev.portside.lease'];
  return docker([...list, '--format', '{{.Names}}'])
    .split('\n')
    .filter((name) => name.includes('-api-'));
}
