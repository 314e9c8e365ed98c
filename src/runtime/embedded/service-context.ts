import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type EnvironmentPlan, fillAdvertised, type PlannedService } from '../../model/index.js';
import { planName } from './copy.js';
import type { ServiceContext } from './launcher.js';
import { MountedFiles } from './mounted-files.js';
import type { PortTable } from './port-table.js';
import type { KeptClusters } from './postgres/kept-clusters.js';
import { ServiceOutput } from './process/output.js';
import type { RealPort } from './references.js';
import type { Wiring } from './wiring.js';

/** What the contexts of all services of a run have in common. */
export interface RunContext {
  readonly plan: EnvironmentPlan;
  readonly wiring: Wiring;
  readonly ports: PortTable;
  readonly dataFolder: string;
  readonly temporary: string;
  readonly cache: string;
  readonly kept: KeptClusters;
  /** What every program gets of the host's environment. */
  readonly base: Readonly<Record<string, string>>;
}

/** Which replica of which service a context is for. */
export interface ReplicaName {
  readonly planned: PlannedService;
  readonly replica: number;
  /** Path of the file that keeps what it prints. */
  readonly logFile: string;
  /** Computed environment values, which hold real addresses already. */
  readonly computed: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Puts together what is known of one replica of a service. */
export function serviceContext(run: RunContext, name: ReplicaName): ServiceContext {
  const { plan, wiring, ports } = run;
  const { planned, replica, computed, signal } = name;
  const { definition } = planned;
  const folder = join(run.dataFolder, folderName(`${planned.name}-${replica}`));
  // A copy that names the service it copies means itself.
  const isItself = (service: string) => planned.copy?.of === service;
  const realPort: RealPort = (service, target) =>
    (isItself(service) ? ports.port(planned.name, replica, target) : ports.port(service, 1, target)) ?? target;
  return {
    service: planned,
    folder,
    temporary: run.temporary,
    cache: run.cache,
    kept: run.kept,
    computed,
    base: run.base,
    output: new ServiceOutput(name.logFile),
    files: new MountedFiles(definition, plan.definition, join(folder, 'files')),
    targets: wiring.targets(planName(planned)),
    ownPort: (target) => ports.port(planned.name, replica, target),
    rewriteWords: (words) => wiring.references.rewriteWords(words, realPort),
    environment: () => {
      const advertised = fillAdvertised(definition.advertise ?? {}, ports.bound(planned, replica));
      const own = { ...definition.environment, ...advertised };
      return { ...wiring.references.rewriteEnvironment(own, realPort), ...computed };
    },
    signal,
  };
}

/** Short, as the path of a Unix socket in the folder may have 107 characters at most. */
function folderName(key: string): string {
  if (key.length <= 32) return key;
  return `${key.slice(0, 20)}-${createHash('sha256').update(key).digest('hex').slice(0, 10)}`;
}
