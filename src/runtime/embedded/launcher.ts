import type { PlannedService } from '../../model/index.js';
import type { MountedFiles } from './mounted-files.js';
import type { OwnPort } from './own-ports.js';
import type { KeptClusters } from './postgres/kept-clusters.js';
import type { ServiceOutput } from './process/output.js';
import type { Program } from './process/program.js';

/** What is known of one replica of a service, before and while it runs. */
export interface ServiceContext {
  readonly service: PlannedService;
  /** Folder of the replica's own, on memory where there is room; removed with the replica. */
  readonly folder: string;
  /** Folder for temporary files that every account can reach. */
  readonly temporary: string;
  /** Folder of this user alone that keeps what takes long to make. */
  readonly cache: string;
  /** Data that earlier runs have kept. */
  readonly kept: KeptClusters;
  /** Computed environment values. */
  readonly computed: Readonly<Record<string, string>>;
  /** What every program gets of the host's environment. */
  readonly base: Readonly<Record<string, string>>;
  readonly output: ServiceOutput;
  readonly files: MountedFiles;
  /** The real port now; another one after a conflict. */
  readonly ownPort: OwnPort;
  /** The target ports of the service, the main one first. */
  readonly targets: readonly number[];
  /** Puts real addresses in the place of references to other services. */
  rewriteWords(words: readonly string[]): string[];
  /** The service's environment, with what was computed, and real addresses in it. */
  environment(): Record<string, string>;
  /** Aborts when the start is given up. */
  readonly signal: AbortSignal;
}

/** Everything that starting one replica of a service works with. */
export interface LaunchContext extends ServiceContext {
  /** Records a started program, so that it is ended whatever happens. */
  started(program: Program): void;
}

/** A program that runs, or the news that its port is taken. */
export type Launch =
  | { readonly taken: false; readonly program: Program; readonly version?: string }
  | { readonly taken: true };

/** How one form of service is started and ended. */
export interface Launcher {
  /** Starts the program with the ports as they are now; called again with others when a port was taken. */
  launch(): Promise<Launch>;
  /** The signal that asks the program to end, and how long it may take, in milliseconds. */
  readonly ending: { readonly signal: NodeJS.Signals; readonly graceMs: number };
}
