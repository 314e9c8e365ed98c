import type {
  BoundPort,
  EnvironmentPlan,
  LogLine,
  LogOptions,
  PlannedService,
  PortsideError,
  ProcessIdentity,
  RuntimeName,
  ServicePhase,
  Telemetry,
} from '../model/index.js';
import type { FoundEngine } from './docker/find-engine.js';

export type { LogLine, LogOptions, SweepReport } from '../model/index.js';

/** Who owns what a runtime makes: written into labels and process records, so that a sweep can tell what was left behind. */
export interface Owner {
  /** Key of the environment. */
  readonly key: string;
  /** Unique for each start of an environment, 8 characters `[0-9a-z]`; part of every name made in an engine. */
  readonly instance: string;
  /** Which part of the tests it runs, for example `shard2of4`; part of every name made in an engine. */
  readonly shard?: string;
  readonly process: ProcessIdentity;
}

/** What a runtime is made with. */
export interface RuntimeOptions {
  readonly plan: EnvironmentPlan;
  readonly owner: Owner;
  /** Absolute path of the per-user state folder (mode 0700). */
  readonly stateFolder: string;
  /** The host's environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The engine, where it was found already; absent: it is looked for. */
  readonly foundEngine?: FoundEngine;
  /**
   * `use`: Postgres servers begin with data that earlier runs have kept; `make`: they begin anew, so that `keep` can keep their
   * data. Absent: neither. `now` gives the time in milliseconds since 1970.
   */
  readonly snapshots?: { readonly mode: 'use' | 'make'; readonly now: () => number };
  /** Networks that the spawner of this process makes meanwhile for the same owner: ids by key; `undefined` when it could not. */
  readonly networksAhead?: Promise<Readonly<Record<string, string>> | undefined>;
  /** Told of host ports that are chosen here. Default: nobody is. */
  readonly telemetry?: Telemetry;
  /** Called for each step of a service; `detail` is for people. */
  readonly onProgress: (service: string, phase: ServicePhase, detail?: string) => void;
}

/** One started container or process. */
export interface RunningService {
  readonly service: PlannedService;
  /** Counts from 1. */
  readonly replica: number;
  /** Container id, or `pid:1234`. */
  readonly id: string;
  /** Real host addresses, in the order of the plan's ports. */
  readonly ports: readonly BoundPort[];
  /** Version of the program where it is known without asking it, for example `18.4`. */
  readonly version?: string;
}

/** How a program ended. */
export interface ExitInfo {
  readonly exitCode: number;
  readonly signal?: string;
  readonly oomKilled: boolean;
}

/** Something that happened to a running service without our asking. */
export type RuntimeEvent =
  /** Started again, perhaps with other ports. */
  | { readonly type: 'started'; readonly running: RunningService }
  | { readonly type: 'exited'; readonly running: RunningService; readonly exit: ExitInfo }
  /** The engine's own health check of the service changed its mind. */
  | { readonly type: 'health'; readonly running: RunningService; readonly healthy: boolean }
  | { readonly type: 'lost'; readonly error: PortsideError };

/** Runs the services of one plan; one instance runs one environment, once. All methods may be called concurrently. */
export interface Runtime {
  readonly name: RuntimeName;
  /** `network`: services reach each other by service name and target port; `host`: by the host addresses. */
  readonly addressing: 'network' | 'host';
  /** Makes what services share: networks, volumes, folders. Called before the first `start`; once more is no more work. */
  prepare(signal: AbortSignal): Promise<void>;
  /**
   * Makes the program of a service available (pull, build, look-up) ahead of its start, which then need not wait for it. What fails
   * here is tried again by `start`.
   */
  provide(service: PlannedService, signal: AbortSignal): Promise<void>;
  /**
   * Makes the program available (pull, build), creates and starts one replica, and gives its real ports, read after the start.
   * Retries on a port conflict at most 5 times. Leaves nothing of a failed attempt behind.
   * `environment` is added to the service's own (computed values).
   */
  start(
    service: PlannedService,
    replica: number,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RunningService>;
  /**
   * The key of the snapshot that belongs to a service as it was started last, and whether it began with that; absent where none is
   * possible or wanted.
   */
  snapshotOf(service: string): { readonly key: string; readonly used: boolean } | undefined;
  /** The services that were started without a snapshot and of which one could be made, by its key. */
  unkept(): ReadonlyMap<string, PlannedService>;
  /**
   * Ends a service of a runtime that was made with `snapshots: make`, and keeps its data for later starts. Errors: `ENGINE_FAILED`
   * when they are not fit for that.
   */
  keep(service: string, signal: AbortSignal): Promise<void>;
  /** Calls the listener for every later event; the function given back ends that. */
  subscribe(listener: (event: RuntimeEvent) => void): () => void;
  /** Resolves when the service's program ends (at once when it has ended). */
  exit(running: RunningService, signal: AbortSignal): Promise<ExitInfo>;
  /**
   * Ends the program of a copy, and starts it again at the same address in a folder that has these files and nothing else, also when it
   * had ended. Absent where an address does not outlive its program. Errors: those of a start.
   */
  restart?(running: RunningService, files: Readonly<Record<string, Buffer>>, signal: AbortSignal): Promise<void>;
  /** Runs a command inside the service (Docker), or on the host with its environment and folder (embedded). */
  exec(
    running: RunningService,
    command: readonly string[],
    signal: AbortSignal,
  ): Promise<{ exitCode: number; output: string }>;
  logs(running: RunningService, options: LogOptions): AsyncIterable<LogLine>;
  /** Ends and removes one started service. */
  remove(running: RunningService): Promise<void>;
  /** Ends and removes everything that this instance made, newest first; may be called twice; reports all failures as one error. */
  stop(): Promise<void>;
}
