import { type PlannedService, PortsideError } from '../model/index.js';
import type { RuntimeOptions } from './runtime.js';
import { maxAgeMs, SnapshotUse } from './snapshot-use.js';

/** What the start of one server came to. */
export interface SnapshotStart<Made> {
  /** Absent: no snapshot of it is wanted or possible. */
  readonly key?: string | undefined;
  /** Whether it began with the data of the snapshot. */
  readonly used: boolean;
  /** What `keep` needs to know of it. */
  readonly made: Made;
}

/** Notes for one runtime which servers began with a snapshot, which could be kept as one, and which were started for that. */
export class SnapshotLedger<Made> {
  readonly #options: Pick<RuntimeOptions, 'snapshots' | 'stateFolder'>;
  readonly #use: SnapshotUse;
  readonly #unkept = new Map<string, PlannedService>();
  readonly #starts = new Map<string, { readonly key: string; readonly used: boolean }>();
  readonly #made = new Map<string, { readonly key: string; readonly made: Made }>();

  constructor(options: Pick<RuntimeOptions, 'snapshots' | 'stateFolder'>) {
    this.#options = options;
    this.#use = new SnapshotUse(options.stateFolder);
  }

  /** Whether snapshots are used or made at all. */
  get isOn(): boolean {
    return this.#options.snapshots !== undefined;
  }

  /** Whether servers are started for their data to be kept. */
  get isMaking(): boolean {
    return this.#options.snapshots?.mode === 'make';
  }

  /** Whether data of that time, in milliseconds since 1970, may be used by this runtime. */
  mayUse(createdAt: number): boolean {
    const { snapshots } = this.#options;
    return snapshots?.mode === 'use' && snapshots.now() - createdAt < maxAgeMs;
  }

  /** Notes a server that was started. */
  started(service: PlannedService, { key, used, made }: SnapshotStart<Made>): void {
    const { snapshots } = this.#options;
    this.#starts.delete(service.name);
    if (key === undefined || snapshots === undefined) return;
    this.#starts.set(service.name, { key, used });
    if (used) this.#use.touch(key);
    else if (this.isMaking) this.#made.set(service.name, { key, made });
    else if (service.copy === undefined && !this.#use.isRefused(key, snapshots.now())) this.#unkept.set(key, service);
  }

  /** The snapshot of a started service, and whether it began with that. */
  snapshotOf(service: string): { readonly key: string; readonly used: boolean } | undefined {
    return this.#starts.get(service);
  }

  /** The servers that began without a snapshot, and of which one could be made, by key. */
  unkept(): ReadonlyMap<string, PlannedService> {
    return this.#unkept;
  }

  /** Gives what was started for its data to be kept. Throws `ENGINE_FAILED` when it was not. */
  made(name: string): { readonly key: string; readonly made: Made } {
    const found = this.#made.get(name);
    if (found === undefined) throw unfit(name, 'it was not started for that');
    return found;
  }

  /** Notes that the data are kept. */
  kept(key: string): void {
    this.#use.touch(key);
  }

  /** Notes that the data are not fit to be kept, so that not every start tries again, and gives the error that says so. */
  refuse(name: string, key: string, reason: string): PortsideError {
    this.#use.refuse(key);
    return unfit(name, reason);
  }
}

function unfit(service: string, reason: string): PortsideError {
  return new PortsideError('ENGINE_FAILED', `Cannot keep the data of the service '${service}': ${reason}.`, {
    service,
  });
}
