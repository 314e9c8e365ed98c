import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defaultLeaseSettings,
  type EnvironmentDefinition,
  identifyProcess,
  type PlannedPort,
  type PlannedService,
  type ReadinessCondition,
  type ServiceDefinition,
} from '../../src/model/index.js';
import { connectClient } from '../../src/runtime/docker/client.js';
import { createDockerRuntime, findEngine } from '../../src/runtime/docker/index.js';
import type { Owner, RunningService, Runtime, RuntimeEvent, RuntimeOptions } from '../../src/runtime/index.js';

/** A service to run in a test: its definition's own fields, its ports by number and what makes it ready. */
export interface TestService extends Partial<Omit<ServiceDefinition, 'ports'>> {
  readonly name: string;
  readonly ports?: readonly (number | PlannedPort)[];
  readonly ready?: readonly ReadinessCondition[];
}

/** A Docker runtime under test and what it reported. */
export interface TestRuntime {
  readonly runtime: Runtime;
  readonly owner: Owner;
  readonly events: RuntimeEvent[];
  readonly progress: string[];
  /** Makes ready for the start what can be. */
  provide(name: string): Promise<void>;
  /** `limitMs`: how long the start may take, default 60,000. */
  start(
    name: string,
    replica?: number,
    environment?: Readonly<Record<string, string>>,
    limitMs?: number,
  ): Promise<RunningService>;
  /** Names of the containers, networks and volumes that are there under this runtime's label. */
  inventory(): Promise<string[]>;
}

const nodeServer = "require('net').createServer(s => s.end(process.env.ANSWER ?? 'hello')).listen(7000)";

/** A service in which a small Node program answers each connection to port 7000 with `$ANSWER`. */
export function answering(name: string, more: Partial<TestService> = {}): TestService {
  return { name, image: 'node:20-slim', command: ['node', '-e', nodeServer], ports: [7000], ...more };
}

/** Fills in a service the way the planner would. */
function planned({ ports = [], ready = [], ...service }: TestService): PlannedService {
  const definition: ServiceDefinition = {
    kind: 'tcp',
    environment: {},
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
    ports: [],
  };
  const plannedPorts = ports.map(
    (port): PlannedPort => (typeof port === 'number' ? { target: port, protocol: 'tcp', policy: 'dynamic' } : port),
  );
  return { name: service.name, definition, ports: plannedPorts, dependsOn: [], readiness: ready, startOrder: 0 };
}

/** Runs the body with a Docker runtime for the services; afterwards stops it and fails when anything is left in the engine. */
export async function withDockerRuntime(
  services: readonly TestService[],
  body: (test: TestRuntime) => Promise<void>,
  more: Partial<EnvironmentDefinition> = {},
  sharedFolder?: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  snapshots?: RuntimeOptions['snapshots'],
): Promise<void> {
  const stateFolder = sharedFolder ?? (await mkdtemp(join(tmpdir(), 'portside-test-')));
  const all = services.map(planned);
  const definition: EnvironmentDefinition = {
    project: 'porttest',
    directory: stateFolder,
    files: [],
    services: all.map((service) => service.definition),
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    settings: {
      runtime: 'docker',
      ports: 'dynamic',
      keepWarmMs: 0,
      startTimeoutMs: 60_000,
      leases: defaultLeaseSettings,
    },
    warnings: [],
    ...more,
  };
  const owner: Owner = { key: 'test-key', instance: randomBytes(4).toString('hex'), process: identifyProcess() };
  const progress: string[] = [];
  const runtime = await createDockerRuntime({
    plan: { definition, services: all, warnings: [] },
    owner,
    stateFolder,
    environment,
    ...(snapshots === undefined ? {} : { snapshots }),
    onProgress: (service, phase, detail) => progress.push([service, phase, detail].filter(Boolean).join(' ')),
  });
  const events: RuntimeEvent[] = [];
  runtime.subscribe((event) => events.push(event));
  const serviceOf = (name: string): PlannedService => {
    const service = all.find((candidate) => candidate.name === name);
    if (service === undefined) throw new Error(`no service ${name}`);
    return service;
  };
  const test: TestRuntime = {
    runtime,
    owner,
    events,
    progress,
    provide: (name) => runtime.provide(serviceOf(name), AbortSignal.timeout(60_000)),
    start: (name, replica = 1, environment = {}, limitMs = 60_000) =>
      runtime.start(serviceOf(name), replica, environment, AbortSignal.timeout(limitMs)),
    inventory: () => inventoryOf(`dev.portside.instance=${owner.instance}`),
  };
  try {
    await runtime.prepare(AbortSignal.timeout(60_000));
    await body(test);
  } finally {
    await runtime.stop();
    if (sharedFolder === undefined) await rm(stateFolder, { recursive: true, force: true });
  }
  const left = await test.inventory();
  if (left.length > 0) throw new Error(`left behind in the engine: ${left.join(', ')}`);
}

/** Lists the containers, networks and volumes that carry a label. */
export async function inventoryOf(label: string): Promise<string[]> {
  return withEngine(async (client) => {
    const filters = { label: [label] };
    const [containers, networks, volumes] = await Promise.all([
      client.listContainers({ all: true, filters }),
      client.listNetworks({ filters }),
      client.listVolumes({ filters }),
    ]);
    return [
      ...containers.map(({ Names }) => `container ${Names[0]?.slice(1)}`),
      ...networks.map(({ Name }) => `network ${Name}`),
      ...(volumes.Volumes ?? []).map(({ Name }) => `volume ${Name}`),
    ];
  });
}

/** Gives the engine's client to the body and closes it afterwards. */
export async function withEngine<T>(
  body: (client: ReturnType<typeof connectClient>['client']) => Promise<T>,
): Promise<T> {
  const found = await findEngine(process.env);
  if (!found.ok) throw found.error;
  const { client, close } = connectClient(found.address);
  try {
    return await body(client);
  } finally {
    close();
  }
}

/** Waits until the probe gives something; the test's own time limit ends a wait in vain. */
export async function eventually<T>(probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
