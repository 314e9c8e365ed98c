import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PortsideError } from '../../../model/index.js';
import { runCommand } from '../process/run.js';
import type { Account } from './account.js';

/** What a data folder is initialised with. */
export interface ClusterOptions {
  readonly service: string;
  readonly bin: string;
  readonly major: number | undefined;
  /** Folder of the server's own; the data goes into `data` in it. */
  readonly folder: string;
  readonly account: Account | undefined;
  readonly user: string;
  readonly password: string;
  /** Further words for `initdb`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Initialises a data folder and gives its path. Throws `SERVICE_START_FAILED` with what `initdb` printed. */
export async function initCluster(options: ClusterOptions): Promise<string> {
  const { folder, account, password, service } = options;
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  own(folder, account);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  own(passwordFile, account);
  try {
    let result = await initdb(options, data, password === '' ? undefined : passwordFile, localeOf(options.major));
    if (result.exitCode !== 0 && /invalid locale name/.test(result.output)) {
      rmSync(data, { recursive: true, force: true });
      result = await initdb(options, data, password === '' ? undefined : passwordFile, ['--no-locale']);
    }
    if (result.exitCode !== 0) {
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
  } finally {
    rmSync(passwordFile, { force: true });
  }
  return data;
}

/** Gives a folder or file to the account that the server runs as. */
export function own(path: string, account: Account | undefined): void {
  if (account !== undefined) chownSync(path, account.uid, account.gid);
}

function initdb(options: ClusterOptions, data: string, passwordFile: string | undefined, locale: readonly string[]) {
  const { bin, user, args, folder, env, account, signal } = options;
  mkdirSync(data, { mode: 0o700 });
  own(data, account);
  const command = [
    join(bin, 'initdb'),
    `--pgdata=${data}`,
    `--username=${user}`,
    '--encoding=UTF8',
    ...locale,
    '--auth=trust',
    // Throwaway data: nothing is synced to disk, and small WAL segments are quick to make.
    '--no-sync',
    '--wal-segsize=1',
    ...(passwordFile === undefined ? [] : [`--pwfile=${passwordFile}`]),
    ...args,
  ];
  return runCommand(command, { cwd: folder, env, account, signal });
}

/** UTF-8 with code-point order, as the Alpine images have it, on every machine. */
function localeOf(major: number | undefined): readonly string[] {
  if (major !== undefined && major >= 17)
    return ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return process.platform === 'linux' ? ['--locale=C.UTF-8'] : ['--no-locale'];
}
