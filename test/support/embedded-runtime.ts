import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defaultLeaseSettings,
  type EnvironmentDefinition,
  identifyProcess,
  type PlannedPort,
  type PlannedService,
  type ServiceDefinition,
} from '../../src/model/index.js';
import { createEmbeddedRuntime } from '../../src/runtime/embedded/index.js';
import { processesOf } from '../../src/runtime/embedded/process/tree.js';
import type { Owner, RunningService, Runtime, RuntimeEvent, RuntimeOptions } from '../../src/runtime/index.js';

/** A service to run in a test: its definition's own fields, and its ports by number. */
export interface EmbeddedService extends Partial<Omit<ServiceDefinition, 'ports'>> {
  readonly name: string;
  readonly ports?: readonly (number | PlannedPort)[];
}

/** An embedded runtime under test and what it reported. */
export interface EmbeddedTest {
  readonly runtime: Runtime;
  readonly owner: Owner;
  readonly stateFolder: string;
  readonly events: RuntimeEvent[];
  readonly progress: string[];
  /** Starts a service and gives it with its first port. */
  start(name: string, options?: StartOptions): Promise<RunningService & { readonly port: number }>;
  /** Gives everything that the service has printed so far. */
  printed(running: RunningService): Promise<string>;
}

interface StartOptions {
  readonly replica?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What may be set besides the services. */
export interface EmbeddedOptions {
  readonly definition?: Partial<EnvironmentDefinition>;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly stateFolder?: string;
  readonly snapshots?: RuntimeOptions['snapshots'];
  readonly onProgress?: (line: string) => void;
}

/** Fills in a service the way the planner would. */
function planned({ ports = [], ...service }: EmbeddedService): PlannedService {
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
  const { dependsOn } = definition;
  return { name: service.name, definition, ports: plannedPorts, dependsOn, readiness: [], startOrder: 0 };
}

/** A service that runs a program of Node's in an embedded environment. */
export function nodeProgram(name: string, script: string, more: Partial<EmbeddedService> = {}): EmbeddedService {
  return { name, kind: 'http', embedded: { command: ['node', '-e', script], cwd: tmpdir() }, ...more };
}

/** Runs the body with an embedded runtime; afterwards stops it and fails when a process, folder or reservation is left. */
export async function withEmbeddedRuntime(
  services: readonly EmbeddedService[],
  body: (test: EmbeddedTest) => Promise<void>,
  options: EmbeddedOptions = {},
): Promise<void> {
  if (options.stateFolder === undefined) {
    const stateFolder = await mkdtemp(join(tmpdir(), 'portside-embedded-'));
    try {
      return await withEmbeddedRuntime(services, body, { ...options, stateFolder });
    } finally {
      await rm(stateFolder, { recursive: true, force: true });
    }
  }
  const { stateFolder } = options;
  const all = services.map(planned);
  const definition: EnvironmentDefinition = {
    project: 'embedtest',
    directory: process.cwd(),
    files: [],
    services: all.map((service) => service.definition),
    networks: {},
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
    ...options.definition,
  };
  const owner: Owner = { key: 'test-key', instance: randomBytes(4).toString('hex'), process: identifyProcess() };
  const progress: string[] = [];
  const runtime = await createEmbeddedRuntime({
    plan: { definition, services: all, warnings: [] },
    owner,
    stateFolder,
    environment: options.environment ?? process.env,
    ...(options.snapshots === undefined ? {} : { snapshots: options.snapshots }),
    onProgress: (...parts) => {
      const line = parts.filter(Boolean).join(' ');
      progress.push(line);
      options.onProgress?.(line);
    },
  });
  const events: RuntimeEvent[] = [];
  runtime.subscribe((event) => events.push(event));
  const test: EmbeddedTest = {
    runtime,
    owner,
    stateFolder,
    events,
    progress,
    start: async (name, { replica = 1, environment = {}, signal = AbortSignal.timeout(60_000) } = {}) => {
      const service = all.find((candidate) => candidate.name === name);
      if (service === undefined) throw new Error(`no service ${name}`);
      const running = await runtime.start(service, replica, environment, signal);
      return { ...running, port: running.ports[0]?.port ?? 0 };
    },
    printed: async (running) => {
      let text = '';
      for await (const line of runtime.logs(running, {})) text += `${line.text}\n`;
      return text;
    },
  };
  try {
    await runtime.prepare(AbortSignal.timeout(60_000));
    await body(test);
  } finally {
    await runtime.stop();
  }
  const left = leftovers(stateFolder, owner.instance);
  if (left.length > 0) throw new Error(`left behind on the host: ${left.join(', ')}`);
}

/** Lists what a run has left: its processes, its folders, its ports. */
export function leftovers(stateFolder: string, instance: string): string[] {
  const data = memoryFolder(stateFolder);
  const ports = join(stateFolder, 'ports');
  return [
    ...processesOf(instance, join(data, instance)).map((pid) => `process ${pid}`),
    ...[join(stateFolder, 'runs', instance), join(stateFolder, 'data'), data]
      .filter(existsSync)
      .map((path) => `folder ${path}`),
    ...(existsSync(ports) ? readdirSync(ports).map((port) => `port ${port}`) : []),
  ];
}

/** The folder in memory that holds the data of all runs of a state folder. */
export function memoryFolder(stateFolder: string): string {
  const id = createHash('sha256').update(stateFolder).digest('hex').slice(0, 8);
  return `/dev/shm/portside-${process.getuid?.()}-${id}`;
}
