import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime, Environment, planEnvironment, withCredentials } from '../../src/environment/index.js';
import { isolationHost } from '../../src/environment/leases/host.js';
import { Supervisor } from '../../src/environment/supervisor.js';
import type { IsolationHost } from '../../src/isolation/index.js';
import {
  defaultLeaseSettings,
  type EnvironmentDefinition,
  identifyProcess,
  type RuntimeName,
  type ServiceDefinition,
} from '../../src/model/index.js';
import { inventoryOf } from './docker-runtime.js';
import { leftovers } from './embedded-runtime.js';

/** One service to lease slices of: its definition's own fields. */
export type LeasedDefinition = Partial<ServiceDefinition> & Pick<ServiceDefinition, 'name' | 'kind'>;

/** A running service, and what an isolator of it works with. */
export interface IsolationTest {
  readonly host: IsolationHost;
  /** Name of this start of the environment, in labels and process records. */
  readonly instance: string;
  /** What the isolator has logged. */
  readonly logged: readonly string[];
  /** Stops the environment, and fails when anything is left of it. */
  close(): Promise<void>;
}

/** Starts a real environment of one service on the runtime. */
export async function startIsolationHost(name: RuntimeName, service: LeasedDefinition): Promise<IsolationTest> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'portside-leases-'));
  const instance = randomBytes(4).toString('hex');
  const plan = withCredentials(planEnvironment(definitionOf(service, name, stateFolder)));
  const info = { key: 'test-key', project: 'leasetest', directory: stateFolder, runtime: name, agentPid: null };
  const environment = new Environment({ info: { ...info, warnings: [] }, plan, now: Date.now });
  const runtime = await createRuntime(name, {
    plan,
    owner: { key: 'test-key', instance, process: identifyProcess() },
    stateFolder,
    environment: process.env,
    onProgress: () => undefined,
  });
  await environment.start(runtime).catch(async (error: unknown) => {
    await rm(stateFolder, { recursive: true, force: true });
    throw error;
  });
  const [planned] = plan.services;
  if (planned === undefined) throw new Error('no service');
  const options = { environment, runtime, running: new Map(), now: Date.now, onRestarted: async () => undefined };
  const logged: string[] = [];
  const host = isolationHost(planned, {
    environment,
    runtime,
    supervisor: new Supervisor(options),
    now: Date.now,
    log: (_, message) => logged.push(message),
  });
  const close = async () => {
    await environment.stop();
    const left =
      name === 'docker' ? await inventoryOf(`dev.portside.instance=${instance}`) : leftovers(stateFolder, instance);
    await rm(stateFolder, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  };
  return { host, instance, logged, close };
}

function definitionOf(service: LeasedDefinition, runtime: RuntimeName, directory: string): EnvironmentDefinition {
  return {
    project: 'leasetest',
    directory,
    files: [],
    services: [
      {
        environment: {},
        ports: [],
        dependsOn: [],
        mounts: [],
        secrets: [],
        configs: [],
        networks: [],
        aliases: [],
        labels: {},
        replicas: 1,
        container: {},
        ...service,
      },
    ],
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    settings: {
      runtime,
      ports: 'dynamic',
      keepWarmMs: 0,
      startTimeoutMs: 60_000,
      leases: defaultLeaseSettings,
    },
    warnings: [],
  };
}
