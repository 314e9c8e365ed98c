import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  createRuntime,
  Environment,
  keepSnapshots,
  listSnapshots,
  planEnvironment,
  pruneSnapshots,
  type Runtime,
  withCredentials,
} from '../../src/environment/index.js';
import {
  defaultLeaseSettings,
  type EnvironmentDefinition,
  identifyProcess,
  type ServiceDefinition,
} from '../../src/model/index.js';
import { queryWhenReady } from '../support/query.js';

const folder = mkdtempSync(join(tmpdir(), 'portside-keep-'));
const places = { stateFolder: join(folder, 'state'), environment: process.env, now: Date.now };
const script = join(folder, '010.sql');
const inputs = join(folder, 'migrations');
const newInstance = () => randomBytes(4).toString('hex');
let migrations = 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function planOf(more: Partial<ServiceDefinition> = {}) {
  const service: ServiceDefinition = {
    name: 'db',
    kind: 'postgres',
    environment: {},
    credentials: { user: 'shop', database: 'shop' },
    ports: [{ target: 5432, protocol: 'tcp' }],
    dependsOn: [],
    mounts: [
      {
        type: 'bind',
        source: script,
        target: '/docker-entrypoint-initdb.d/010.sql',
        readOnly: true,
        createHostPath: false,
      },
    ],
    secrets: [],
    configs: [],
    networks: [],
    aliases: [],
    labels: {},
    replicas: 1,
    container: {},
    ...more,
  };
  const definition: EnvironmentDefinition = {
    project: 'keep',
    directory: folder,
    files: [],
    services: [service],
    networks: { default: { external: false } },
    volumes: {},
    secrets: {},
    configs: {},
    settings: {
      runtime: 'embedded',
      ports: 'dynamic',
      keepWarmMs: 0,
      startTimeoutMs: 60_000,
      leases: defaultLeaseSettings,
    },
    warnings: [],
  };
  return withCredentials(planEnvironment(definition));
}

type Plan = ReturnType<typeof planOf>;

/** Starts the plan as an agent does; the body may ask the server. */
async function run(plan: Plan, body: (ask: (sql: string) => Promise<unknown[][]>, runtime: Runtime) => Promise<void>) {
  const info = {
    key: 'k',
    project: 'keep',
    directory: folder,
    runtime: 'embedded',
    agentPid: null,
    warnings: [],
  } as const;
  const environment = new Environment({ info, plan, now: Date.now, environment: process.env });
  const runtime = await createRuntime('embedded', {
    ...places,
    plan,
    owner: { key: 'k', instance: newInstance(), process: identifyProcess() },
    snapshots: { mode: 'use', now: Date.now },
    onProgress: () => undefined,
  });
  try {
    await environment.start(runtime);
    const [endpoint] = environment.registry.lookup('db');
    if (endpoint?.kind !== 'postgres') throw new Error('no Postgres');
    await body((sql) => queryWhenReady(endpoint, sql), runtime);
  } finally {
    await environment.stop();
  }
}

/** Makes what the runtime has missed, at once. */
function keep(plan: Plan, runtime: Runtime): Promise<readonly string[]> {
  const signal = new AbortController().signal;
  const common = { ...places, plan, runtime: 'embedded' as const, process: identifyProcess(), newInstance, signal };
  return keepSnapshots({ ...common, unkept: runtime.unkept(), over: AbortSignal.abort() });
}

it('keeps a server as it was made, not what was done to it, and the template of its leases with it', async () => {
  writeFileSync(script, 'CREATE TABLE orders (id int);');
  let made: readonly string[] = [];
  await run(planOf(), async (ask, runtime) => {
    await ask('INSERT INTO orders VALUES (1)');
    const both = await Promise.all([keep(planOf(), runtime), keep(planOf(), runtime)]);
    // Each is made once, whoever asks.
    made = both.flat();
  });
  expect(made).toHaveLength(1);
  const template = `SELECT oid, shobj_description(oid, 'pg_database')::json->>'content' FROM pg_database WHERE datname = 'portside_template'`;
  const seen: unknown[][][] = [];
  for (let round = 0; round < 2; round += 1) {
    await run(planOf(), async (ask, runtime) => {
      expect(runtime.snapshotOf('db')).toEqual({ key: made[0], used: true });
      expect(await ask('SELECT count(*)::int FROM orders')).toEqual([[0]]);
      seen.push(await ask(template));
      await ask('INSERT INTO orders VALUES (1)');
    });
  }
  // The template is that of the snapshot: none was made.
  expect(seen[0]).toEqual([[expect.anything(), made[0]]]);
  expect(seen[1]).toEqual(seen[0]);
});

it('keeps what a migration has done when it says what decides it, and otherwise migrates at every start', async () => {
  writeFileSync(script, 'CREATE TABLE users (id int);');
  writeFileSync(inputs, 'one');
  const migrated = (files: readonly string[]) =>
    planOf({
      migration: {
        type: 'function',
        inputs: files,
        run: async (endpoint) => {
          migrations += 1;
          if (endpoint.kind === 'postgres') await queryWhenReady(endpoint, 'INSERT INTO users VALUES (1)');
        },
      },
    });
  const rows = async (plan: Plan, used: boolean) => {
    let count: unknown;
    await run(plan, async (ask, runtime) => {
      expect(runtime.snapshotOf('db')?.used).toBe(used);
      count = (await ask('SELECT count(*)::int FROM users'))[0]?.[0];
      await keep(plan, runtime);
    });
    return count;
  };
  expect([await rows(migrated([inputs]), false), migrations]).toEqual([1, 2]);
  expect([await rows(migrated([inputs]), true), migrations]).toEqual([1, 2]);
  writeFileSync(inputs, 'two');
  expect([await rows(migrated([inputs]), false), migrations]).toEqual([1, 4]);
  // The one who makes the snapshot leaves the migration to those who start from it.
  expect([await rows(migrated([]), false), migrations]).toEqual([1, 5]);
  expect([await rows(migrated([]), true), migrations]).toEqual([1, 6]);
});

it('lists what is kept and removes what was used longest ago first', async () => {
  const all = await listSnapshots(places);
  const ours = all.filter(({ runtime }) => runtime === 'embedded');
  expect(ours.length).toBeGreaterThan(2);
  expect(ours.every(({ usable, service, bytes }) => usable && service === 'db' && bytes > 1_000_000)).toBe(true);
  const noEngine = { ...places, environment: { ...process.env, DOCKER_HOST: 'unix:///nowhere.sock' } };
  const [newest] = ours;
  const removed = await pruneSnapshots({ ...noEngine, maxBytes: (newest?.bytes ?? 0) + 1 });
  expect(removed.map(({ key }) => key)).toEqual(ours.slice(1).map(({ key }) => key));
  expect(await pruneSnapshots({ ...noEngine, now: () => Date.now() + 25 * 60 * 60 * 1000 })).toHaveLength(1);
  expect(await listSnapshots(noEngine)).toEqual([]);
});
