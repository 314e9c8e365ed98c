import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Environment, resolveDefinition } from '../../src/environment/index.js';
import type { Leases } from '../../src/environment/leases/leases.js';
import type { Endpoint, RuntimeName } from '../../src/model/index.js';
import { inFolder, withEnvironmentOf } from './environment.js';

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
  await inFolder(async (folder) => {
    const isText = compose.includes('\n');
    const file = isText ? join(folder, 'compose.yaml') : compose;
    if (isText) await writeFile(file, compose);
    const definition = await resolveDefinition({
      cwd: folder,
      files: [file],
      environment: process.env,
      settings: { runtime },
    });
    await withEnvironmentOf(definition, runtime, folder, async ({ environment, start, inventory }) => {
      await start();
      const leases = await environment.leases();
      await body({ environment, leases, inventory, fork: (services) => forkOf(leases, services) });
    });
  });
}

/** Leases the services, by default all that can be leased. */
export async function forkOf(leases: Leases, services?: readonly string[]): Promise<TestFork> {
  const request = { session: 'test', ...(services === undefined ? {} : { services }) };
  const made = await leases.lease(request, { client: 'test', pid: process.pid }, new AbortController().signal);
  const each = <Value>(value: (lease: (typeof made.leases)[number]) => Value) =>
    Object.fromEntries(made.leases.map((lease) => [lease.service, value(lease)]));
  return {
    endpoints: each(({ endpoint }) => endpoint),
    ids: each(({ id }) => id),
    release: () => leases.release(made.id),
  };
}
