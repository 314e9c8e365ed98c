import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { settingsFromEnvironment, shardName, stateFolder } from '../config/index.js';
import {
  type ChosenRuntime,
  chooseRuntime,
  type EnvironmentSource,
  environmentKey,
  fingerprint,
  makeNetworksAhead,
  planEnvironment,
  resolveDefinition,
} from '../environment/index.js';
import {
  claimFile,
  type EnvironmentPlan,
  type LeaseScope,
  PortsideError,
  packageVersion,
  releaseFile,
  type ServiceProgress,
  unlessAborted,
  type Warning,
} from '../model/index.js';
import { attachEnvironment } from './attach.js';
import { call } from './connection.js';
import type { EnvironmentHandle } from './handle.js';
import { openInline } from './inline.js';
import { newInstance } from './instance.js';
import { isServed } from './is-served.js';
import { type AgentPaths, agentPaths } from './paths.js';
import { plainDefinition } from './plain-definition.js';
import { spawnAgent } from './spawn.js';
import type { TraceOrder } from './start-trace.js';
import { writeTypes } from './write-types.js';

/** How an environment is opened. */
export interface OpenOptions {
  /** Where the definition comes from. Default: what is found from the working folder, with this process's environment variables. */
  readonly source?: Partial<EnvironmentSource>;
  /** `agent`: shared by all processes that ask for the same stack (D2); `inline`: inside this process. Default `agent`. */
  readonly host?: 'agent' | 'inline';
  /** What `ps` shows as the owner of the session, for example `vitest`. */
  readonly client?: string;
  /** Once it is as `waitFor` says, holds the environment until `stop`, also after this process has ended. Default false. */
  readonly detached?: boolean;
  /** `ready` waits for every service; `attached` only for the agent. Default `ready`. */
  readonly waitFor?: 'ready' | 'attached';
  readonly signal?: AbortSignal;
  /** Absolute path of a file that a trace of the start is written to, for Chrome; only by who starts the environment, in an agent. */
  readonly trace?: string;
  /** Hears each step of each service, past ones first. */
  readonly onProgress?: (progress: ServiceProgress) => void;
  readonly onWarning?: (warning: Warning) => void;
  /** Called once when the agent answers; `started`: this call started the environment; `scope`: how long leases of fixtures last. */
  readonly onAttached?: (attached: {
    key: string;
    agentPid: number | null;
    started: boolean;
    scope: LeaseScope;
  }) => void;
}

/** The options with their source settled. */
export type OpenRequest = OpenOptions & { readonly source: EnvironmentSource };

/** Does what the lazy `openEnvironment` promises. */
export async function openEnvironment(options: OpenOptions): Promise<EnvironmentHandle> {
  const { signal, waitFor = 'ready', detached = false } = options;
  const source = { cwd: process.cwd(), environment: process.env, ...options.source };
  const began = clock();
  const heeding = <Value>(work: Promise<Value>) => (signal === undefined ? work : unlessAborted(work, signal));
  const definition = await heeding(resolveDefinition(source));
  const plan = planEnvironment(definition);
  for (const warning of plan.warnings) options.onWarning?.(warning);
  const read = clock();
  const chosen = await heeding(chooseRuntime(plan, source.environment));
  const before = [
    { row: 'portside', name: 'read the files', from: began, to: read },
    { row: 'portside', name: 'choose the runtime', from: read, to: clock() },
  ];
  const host = options.host ?? settingsFromEnvironment(source.environment).host ?? 'agent';
  const { handle, started } =
    host === 'inline'
      ? await openInline({ ...options, source }, plan, chosen)
      : await join({ ...options, source }, plan, chosen, before);
  try {
    await writeTypes(definition, source.cwd, options.onWarning);
    const { scope } = definition.settings.leases;
    options.onAttached?.({ key: handle.key, agentPid: handle.agentPid, started, scope });
    if (waitFor === 'ready') await handle.ready(signal);
    // Not before: a start that is given up, or whose process is killed, is to leave nothing.
    const { socket } = handle;
    if (detached && socket !== null) await call(socket, 'POST', '/v1/sessions', { client: options.client, detached });
    return handle;
  } catch (error) {
    // The first error says more than what may come of the removal.
    await handle.close().catch(() => undefined);
    throw error;
  }
}

async function join(
  options: OpenRequest,
  plan: EnvironmentPlan,
  { name: runtime, engine }: ChosenRuntime,
  before: TraceOrder['before'],
): Promise<{ handle: EnvironmentHandle; started: boolean }> {
  const { source, client, signal, onProgress, trace: file } = options;
  const { definition } = plan;
  const trace = file === undefined ? {} : { trace: { file, before } };
  const folder = stateFolder(source.environment);
  const key = environmentKey(definition, runtime, packageVersion());
  const paths = agentPaths(folder, key);
  let started = false;
  const attach = () =>
    attachEnvironment({
      socket: paths.socket,
      keepWarmMs: definition.settings.keepWarmMs,
      // What this call has started is fresh, although its programs may write into their folders already.
      ...(started ? {} : { fingerprint: fingerprint(definition) }),
      ...(client === undefined ? {} : { client }),
      onReplica: (replica) =>
        replica.subscribe((frame) => {
          if (frame.type === 'snapshot') for (const step of frame.progress) onProgress?.(step);
          else if (frame.type === 'progress') onProgress?.(frame.progress);
        }),
    });
  for (;;) {
    signal?.throwIfAborted();
    const handle = await attach().catch(absentAgent);
    if (handle !== undefined) return { handle, started };
    started = await spawnAlone(paths, async () => {
      const plain = plainDefinition(definition, runtime, key);
      const read = plain === undefined ? {} : { definition: plain };
      const found = engine === undefined ? {} : { engine };
      const instance = newInstance();
      const order = { source, runtime, key, instance, stateFolder: folder, ...found, ...read, ...trace };
      const shard = shardName(source.environment);
      await spawnAgent(order, async (process) => {
        const owner = { key, instance, process, ...(shard === undefined ? {} : { shard }) };
        return engine === undefined ? undefined : makeNetworksAhead({ plan, owner, engine });
      });
    });
    if (!started) await sleep(15, undefined, { signal });
  }
}

/** Milliseconds since 1970, finer than the system's clock. */
function clock(): number {
  return performance.timeOrigin + performance.now();
}

/** Spawns while holding the lock; false when another process is at it. */
async function spawnAlone(paths: AgentPaths, spawn: () => Promise<void>): Promise<boolean> {
  mkdirSync(paths.folder, { recursive: true, mode: 0o700 });
  try {
    if (claimFile(paths.lock, 'spawn') !== undefined) return false;
  } catch (error) {
    // An agent that ended has just removed the folder: look again.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    // Somebody may have finished between our look and our lock.
    if (await isServed(paths.socket)) return false;
    await spawn();
    return true;
  } finally {
    releaseFile(paths.lock);
  }
}

/** Nobody listens, or whoever does is on the way out: not an error, but a reason to start one. */
function absentAgent(error: unknown): undefined {
  if (!PortsideError.is(error) || error.code !== 'ENVIRONMENT_STOPPED') throw error;
}
