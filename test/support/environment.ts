import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRuntime, Environment, planEnvironment, withCredentials } from '../../src/environment/index.js';
import {
  defaultLeaseSettings,
  type EnvironmentDefinition,
  type EnvironmentSettings,
  identifyProcess,
  PortsideError,
  type RuntimeName,
  type ServiceDefinition,
} from '../../src/model/index.js';
import type { Runtime } from '../../src/runtime/index.js';
import { inventoryOf } from './docker-runtime.js';
import { leftovers } from './embedded-runtime.js';

/** An environment that is about to start on a real runtime. */
export interface EnvironmentTest {
  readonly environment: Environment;
  readonly runtime: Runtime;
  start(): Promise<void>;
  /** The error that the start fails with. */
  failure(): Promise<PortsideError>;
  /** Containers, networks and volumes, or processes, folders and ports, that are there now. */
  inventory(): Promise<readonly string[]>;
}

/** What may be set besides the services. */
export interface EnvironmentTestOptions {
  /** Default: `embedded`. */
  readonly runtime?: RuntimeName;
  readonly settings?: Partial<EnvironmentSettings>;
  readonly networks?: EnvironmentDefinition['networks'];
  /** Default: a folder of its own. */
  readonly stateFolder?: string;
  /** The host's environment variables. Default: those of this process. */
  readonly hostEnvironment?: Readonly<Record<string, string | undefined>>;
}

type Body = (test: EnvironmentTest) => Promise<void>;

/** Runs the body with an environment of these services; afterwards stops it and fails when anything is left of it. */
export async function withEnvironment(
  services: readonly ServiceDefinition[],
  body: Body,
  { stateFolder, ...options }: EnvironmentTestOptions = {},
): Promise<void> {
  if (stateFolder === undefined)
    return inFolder((own) => withEnvironment(services, body, { ...options, stateFolder: own }));
  const { runtime = 'embedded', settings = {}, networks = {}, hostEnvironment } = options;
  const definition: EnvironmentDefinition = {
    ...{ project: 'shop', directory: stateFolder, files: [join(stateFolder, 'compose.yaml')], services, warnings: [] },
    ...{ networks, volumes: {}, secrets: {}, configs: {} },
    settings: {
      ...{ runtime, ports: 'dynamic', keepWarmMs: 0, startTimeoutMs: 60_000 },
      leases: defaultLeaseSettings,
      ...settings,
    },
  };
  await withEnvironmentOf(definition, runtime, stateFolder, body, hostEnvironment);
}

/** Runs the body with a folder of its own. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'portside-environment-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As `withEnvironment`, for a definition that is there already; the folder keeps what is written of it. */
export async function withEnvironmentOf(
  definition: EnvironmentDefinition,
  name: RuntimeName,
  folder: string,
  body: Body,
  hostEnvironment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<void> {
  const { project } = definition;
  const instance = randomBytes(4).toString('hex');
  const plan = withCredentials(planEnvironment(definition));
  const info = { key: 'test-key', project, directory: folder, runtime: name, agentPid: null, warnings: [] };
  const environment = new Environment({ info, plan, now: Date.now, environment: hostEnvironment });
  const runtime = await createRuntime(name, {
    plan,
    owner: { key: 'test-key', instance, process: identifyProcess() },
    stateFolder: folder,
    environment: hostEnvironment,
    onProgress: (service, phase, detail) => environment.report(service, phase, detail),
  });
  const start = () => environment.start(runtime);
  const inventory = async () =>
    name === 'docker' ? inventoryOf(`dev.portside.instance=${instance}`) : leftovers(folder, instance);
  try {
    await body({ environment, runtime, start, failure: () => errorOf(start()), inventory });
  } finally {
    await environment.stop();
    await runtime.stop();
  }
  const left = await inventory();
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
}

async function errorOf(start: Promise<void>): Promise<PortsideError> {
  const error = await start.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (PortsideError.is(error)) return error;
  throw new Error('the start was expected to fail with an error of portside', { cause: error });
}
