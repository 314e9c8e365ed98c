import { claimFile, type EnvironmentPlan, type PlannedService, type RuntimeName, releaseFile } from '../model/index.js';
import { hasKnownInputs, type Owner, type Runtime, type RuntimeOptions, SnapshotUse } from '../runtime/index.js';
import { createRuntime } from './choose-runtime.js';
import { Environment } from './environment.js';
import { untilIdle } from './idle.js';
import { fillersOf } from './leases/fillers.js';
import { listSnapshots, pruneSnapshots } from './snapshot-cache.js';

/** What making snapshots works with. */
export interface KeepOptions {
  readonly plan: EnvironmentPlan;
  readonly runtime: RuntimeName;
  /** The services that were started without a snapshot, by its key. */
  readonly unkept: ReturnType<Runtime['unkept']>;
  readonly process: Owner['process'];
  /** Makes the name of one more run, 8 characters `[0-9a-z]`. */
  readonly newInstance: () => string;
  readonly stateFolder: string;
  /** The host's environment variables. */
  readonly environment: RuntimeOptions['environment'];
  readonly now: () => number;
  /** Aborts when the environment is over, and nobody is disturbed any more. */
  readonly over: AbortSignal;
  readonly signal: AbortSignal;
}

/**
 * Makes the snapshots that a start has missed, one after the other, when the machine has nothing else to do: each service is
 * started once more by itself, out of everybody's reach, brought to where others may use it, stopped, and its data are kept.
 * So nothing that was done to the environment's own server is ever in a snapshot. Gives the keys of those that were made.
 */
export async function keepSnapshots(options: KeepOptions): Promise<readonly string[]> {
  const use = new SnapshotUse(options.stateFolder);
  const made: string[] = [];
  for (const [key, service] of options.unkept) {
    await untilIdle(options.over, options.signal);
    const claim = use.claimPath(key);
    // Somebody else is making it.
    if (claimFile(claim, 'snapshot') !== undefined) continue;
    try {
      const kept = await listSnapshots(options);
      if (kept.some((snapshot) => snapshot.key === key && snapshot.usable)) continue;
      await keep(service, key, options);
      made.push(key);
    } finally {
      releaseFile(claim);
    }
  }
  const { snapshotBytes: maxBytes } = options.plan.definition.settings;
  if (made.length > 0) await pruneSnapshots({ ...options, ...(maxBytes === undefined ? {} : { maxBytes }) });
  return made;
}

async function keep(service: PlannedService, key: string, options: KeepOptions): Promise<void> {
  const { runtime: name, process, newInstance, stateFolder, environment: variables, now, signal } = options;
  const plan = planOf(service, options.plan);
  const { project, directory } = plan.definition;
  const info = { key: `snapshot-${key}`, project, directory, runtime: name, agentPid: process.pid, warnings: [] };
  const environment = new Environment({ info, plan, now, environment: variables });
  const runtime = await createRuntime(name, {
    plan,
    owner: { key: info.key, instance: newInstance(), process },
    stateFolder,
    environment: variables,
    snapshots: { mode: 'make', now },
    onProgress: () => {},
  });
  const stop = () => void environment.stop().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    await environment.start(runtime);
    await runtime.keep(service.name, signal);
  } finally {
    signal.removeEventListener('abort', stop);
    await environment.stop();
  }
}

/** The service alone, on a network of its own, with a port that nobody else wants, and nothing done to it that is done again later. */
function planOf(service: PlannedService, whole: EnvironmentPlan): EnvironmentPlan {
  const { networkMode: _, macAddress: __, ...container } = service.definition.container;
  const { migration, ...definition } = service.definition;
  const isFilled = fillersOf(service.name, whole).length > 0;
  const alone = {
    ...definition,
    ...(migration !== undefined && hasKnownInputs(migration) ? { migration } : {}),
    // What leases are made from comes after what fills the service.
    ...(isFilled ? { lease: { ...definition.lease, isolation: 'none' as const } } : {}),
    container,
    dependsOn: [],
    networks: [{ network: 'default', aliases: [] }],
    aliases: [],
    replicas: 1,
  };
  // Whoever looks for what is left of the project does not mean this; a built image goes by the project's name.
  const project = definition.build === undefined ? 'portside-snapshot' : whole.definition.project;
  const ports = service.ports.map((port) => ({ ...port, policy: 'dynamic' as const }));
  return {
    definition: { ...whole.definition, project, services: [alone] },
    services: [{ ...service, definition: alone, ports, dependsOn: [], startOrder: 0 }],
    warnings: [],
  };
}
