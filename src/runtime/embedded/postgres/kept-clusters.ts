import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MountDefinition, PlannedService } from '../../../model/index.js';
import type { Runtime, RuntimeOptions } from '../../runtime.js';
import { isDurable } from '../../server-tuning.js';
import { snapshotKey } from '../../snapshot-key.js';
import { SnapshotLedger } from '../../snapshot-ledger.js';
import type { Program } from '../process/program.js';
import type { PostgresPrograms } from './find.js';
import { archiveOf, findSnapshot, storeSnapshot } from './snapshot-folders.js';

/** A server that was started for its data to be kept. */
export interface RunningCluster {
  readonly program: Program;
  readonly data: string;
  readonly programs: PostgresPrograms;
  /** The variables that programs get. */
  readonly env: Readonly<Record<string, string>>;
}

/** How long a server may take to end cleanly, in milliseconds. */
const graceMs = 60_000;

/** The snapshots of one embedded runtime: what its servers may begin with, and what could be kept of them. */
export class KeptClusters {
  readonly #options: RuntimeOptions;
  readonly #ledger: SnapshotLedger<RunningCluster>;

  constructor(options: RuntimeOptions) {
    this.#options = options;
    this.#ledger = new SnapshotLedger(options);
  }

  /** Gives the key of the snapshot that a start would make or use; `undefined` where none is wanted or possible. */
  keyOf(
    service: PlannedService,
    computed: Readonly<Record<string, string>>,
    programs: PostgresPrograms,
  ): string | undefined {
    const { definition } = service;
    if (!this.#ledger.isOn || isDurable(definition) || definition.mounts.some(includesOthers)) return undefined;
    const { size, mtimeMs } = statSync(join(programs.bin, 'postgres'));
    return snapshotKey({
      service,
      definition: this.#options.plan.definition,
      computed,
      folder: definition.environment['PGDATA'] || '/var/lib/postgresql/data',
      programs: [programs.bin, programs.major, size, mtimeMs, process.getuid?.()],
    });
  }

  /** Gives the path of the archive that is kept under the key, if they may be used. */
  find(key: string): string | undefined {
    const snapshot = findSnapshot(this.#options.stateFolder, key);
    if (snapshot === undefined || !this.#ledger.mayUse(snapshot.createdAt)) return undefined;
    return archiveOf(this.#options.stateFolder, key);
  }

  /** Notes that a server was started. */
  started(service: PlannedService, key: string | undefined, used: boolean, made: RunningCluster): void {
    this.#ledger.started(service, { key, used, made });
  }

  /** The snapshot of a started service, and whether it began with that. */
  snapshotOf(service: string): ReturnType<Runtime['snapshotOf']> {
    return this.#ledger.snapshotOf(service);
  }

  /** The services that were started without a snapshot, and of which one could be made, by key. */
  unkept(): ReadonlyMap<string, PlannedService> {
    return this.#ledger.unkept();
  }

  /** Ends a server that was started for its data to be kept, and keeps them. Throws ENGINE_FAILED when they are not fit for that. */
  async keep(name: string, signal: AbortSignal): Promise<void> {
    const { key, made } = this.#ledger.made(name);
    const { program, data, programs, env } = made;
    await program.end('SIGINT', graceMs);
    signal.throwIfAborted();
    const { exitCode } = await program.exited;
    if (exitCode !== 0 || existsSync(join(data, 'postmaster.pid'))) {
      throw this.#ledger.refuse(name, key, `its server did not end cleanly (exit code ${exitCode})`);
    }
    if (readdirSync(join(data, 'pg_tblspc')).length > 0) {
      throw this.#ledger.refuse(name, key, 'it has tablespaces outside its folder');
    }
    const now = this.#options.snapshots?.now() ?? 0;
    await storeSnapshot(
      this.#options.stateFolder,
      { data, env },
      {
        key,
        service: name,
        from: programs.describe,
        createdAt: now,
      },
    );
    this.#ledger.kept(key);
  }
}

/** Whether an init script reads further files, which nobody has mounted. */
function includesOthers(mount: MountDefinition): boolean {
  if (mount.type !== 'bind' || !mount.target.startsWith('/docker-entrypoint-initdb.d')) return false;
  const files = statSync(mount.source, { throwIfNoEntry: false })?.isDirectory()
    ? readdirSync(mount.source).map((name) => join(mount.source, name))
    : [mount.source];
  const texts = files.filter((path) => path.endsWith('.sql') && statSync(path, { throwIfNoEntry: false })?.isFile());
  return texts.some((path) => /\\i(r|nclude|nclude_relative)?\s/.test(readFileSync(path, 'utf8')));
}
