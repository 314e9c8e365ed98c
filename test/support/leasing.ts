import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createRuntime,
  Environment,
  planEnvironment,
  resolveDefinition,
  withCredentials,
} from '../../src/environment/index.js';
import type { Leases } from '../../src/environment/leases/leases.js';
import { type Endpoint, identifyProcess, type RuntimeName } from '../../src/model/index.js';
import { inventoryOf } from './docker-runtime.js';
import { leftovers } from './embedded-runtime.js';

/** The addresses that a fork was given, by service, and what ends it. */
export interface TestFork {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** Ids of the leases by service. */
  readonly ids: Readonly<Record<string, string>>;
  release(): Promise<void>;
}

/** An environment that was started from a Compose file, and its leases. */
export interface LeasingTest {
  readonly environment: Environment;
  readonly leases: Leases;
  /** Containers, networks and volumes, or processes, folders and ports, that are there now. */
  inventory(): Promise<readonly string[]>;
  fork(services?: readonly string[]): Promise<TestFork>;
}

/** Starts the Compose file (a path, or its text) and runs the body; fails when anything is left of the environment. */
export async function withLeasing(
  runtime: RuntimeName,
  compose: string,
  body: (test: LeasingTest) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'portside-leasing-'));
  const isText = compose.includes('\n');
  const file = isText ? join(folder, 'compose.yaml') : compose;
  if (isText) await writeFile(file, compose);
  const instance = randomBytes(4).toString('hex');
  const definition = await resolveDefinition({
    cwd: folder,
    files: [file],
    environment: process.env,
    settings: { runtime },
  });
  const plan = withCredentials(planEnvironment(definition));
  const info = { key: 'test-key', project: 'leasing', directory: folder, runtime, agentPid: null, warnings: [] };
  const environment = new Environment({ info, plan, now: Date.now, environment: process.env });
  const inventory = async () =>
    runtime === 'docker' ? inventoryOf(`dev.portside.instance=${instance}`) : leftovers(folder, instance);
  try {
    const owner = { key: 'test-key', instance, process: identifyProcess() };
    const onProgress = () => undefined;
    const options = { plan, owner, stateFolder: folder, environment: process.env, onProgress };
    await environment.start(await createRuntime(runtime, options));
    const leases = await environment.leases();
    const fork = async (services?: readonly string[]): Promise<TestFork> => {
      const request = { session: 'test', ...(services === undefined ? {} : { services }) };
      const made = await leases.lease(request, { client: 'test', pid: process.pid }, new AbortController().signal);
      const each = <Value>(value: (lease: (typeof made.leases)[number]) => Value) =>
        Object.fromEntries(made.leases.map((lease) => [lease.service, value(lease)]));
      return {
        endpoints: each(({ endpoint }) => endpoint),
        ids: each(({ id }) => id),
        release: () => leases.release(made.id),
      };
    };
    await body({ environment, leases, inventory, fork });
    await environment.stop();
    const left = await inventory();
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  } finally {
    await environment.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
