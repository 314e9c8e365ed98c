import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PortsideError } from '../../../model/index.js';
import { type RunResult, runCommand } from '../process/run.js';
import type { Account } from './account.js';
import { packFolder, tryRename, unpackFolder } from './archive.js';

/** What a data folder is initialised with. */
export interface ClusterOptions {
  readonly service: string;
  readonly bin: string;
  readonly major: number | undefined;
  /** Folder of the server's own; the data goes into `data` in it. */
  readonly folder: string;
  /** Folder that keeps what takes long to make for later runs. */
  readonly cache: string;
  readonly account: Account | undefined;
  /** Name of the superuser. */
  readonly user: string;
  /** Further words for `initdb`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Makes a data folder without any password in it and gives its path: a copy of one that an earlier run has made with the same
 * programs and arguments, else one that `initdb` makes. Throws `SERVICE_START_FAILED` with what `initdb` printed.
 */
export async function makeCluster(options: ClusterOptions): Promise<string> {
  const { folder, cache, account, bin, major, user, args, env, signal } = options;
  const data = join(folder, 'data');
  own(folder, account);
  const key = createHash('sha256').update(JSON.stringify([bin, major, user, args, account]));
  const kept = join(cache, `postgres-${key.digest('hex').slice(0, 16)}.tar`);
  if (existsSync(kept) && (await unpackFolder(kept, data, env))) return data;
  await initialise(options, data);
  const aside = `${kept}.${process.pid}.${Math.random().toString(36).slice(2, 10)}`;
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  // Without it the next run does the same again.
  const isPacked = await packFolder(data, aside, env).then(
    () => true,
    () => false,
  );
  // Another process may have been faster; then its copy stays. One whose start was given up is as good as any.
  if (isPacked && !existsSync(kept)) tryRename(aside, kept);
  await rm(aside, { force: true });
  signal.throwIfAborted();
  return data;
}

/** Unpacks the data of a snapshot into the folder and gives their path; `undefined` when somebody has just removed the snapshot. */
export async function unpackSnapshot(
  { folder, account, env }: Pick<ClusterOptions, 'folder' | 'account' | 'env'>,
  archive: string,
): Promise<string | undefined> {
  const data = join(folder, 'data');
  own(folder, account);
  return (await unpackFolder(archive, data, env)) ? data : undefined;
}

/** Gives a folder or file to the account that the server runs as. */
export function own(path: string, account: Account | undefined): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}

async function initialise(options: ClusterOptions, data: string): Promise<void> {
  const { service, major } = options;
  let result = await initdb(options, data, localeOf(major));
  if (result.exitCode !== 0 && /invalid locale name/.test(result.output)) {
    rmSync(data, { recursive: true, force: true });
    result = await initdb(options, data, ['--no-locale']);
  }
  if (result.exitCode === 0) return;
  throw new PortsideError(
    'SERVICE_START_FAILED',
    `Cannot start service '${service}': initdb ended with exit code ${result.exitCode}.`,
    {
      service,
      hint: 'Look at POSTGRES_INITDB_ARGS and at the output.',
      logs: result.output.trim().split('\n').slice(-20),
    },
  );
}

function initdb(options: ClusterOptions, data: string, locale: readonly string[]): Promise<RunResult> {
  const { bin, user, args, folder, env, account, signal } = options;
  mkdirSync(data, { mode: 0o700 });
  own(data, account);
  const names = [`--pgdata=${data}`, `--username=${user}`, '--encoding=UTF8', '--auth=trust'];
  // Throwaway data: nothing is synced to disk, and small WAL segments are quick to make and to copy.
  const quick = ['--no-sync', '--wal-segsize=1'];
  const command = [join(bin, 'initdb'), ...names, ...locale, ...quick, ...args];
  return runCommand(command, { cwd: folder, env, account, signal });
}

/** UTF-8 with code-point order, as the Alpine images have it, on every machine. */
function localeOf(major: number | undefined): readonly string[] {
  if (major !== undefined && major >= 17)
    return ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return process.platform === 'linux' ? ['--locale=C.UTF-8'] : ['--no-locale'];
}
