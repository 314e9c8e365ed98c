import { copyFileSync, existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDurable, throwawaySettings } from '../../server-tuning.js';
import type { LaunchContext } from '../launcher.js';
import { loopback } from '../references.js';
import { type Account, canReach } from './account.js';
import { own } from './cluster.js';

/** Shared memory that lies in the data folder is gone with it, also when the server was killed. */
const sharedMemory = 'dynamic_shared_memory_type=mmap';

/** Makes the arguments of the server: our defaults, then the service's own, then port and addresses, which are ours. */
export function serverArguments(
  context: LaunchContext,
  given: readonly string[],
  port: number,
  account: Account | undefined,
): string[] {
  const places = [`port=${port}`, `listen_addresses=${loopback}`, `unix_socket_directories=${context.folder}`];
  const quick = isDurable(context.service.definition)
    ? []
    : throwawaySettings(context.service.definition, given, process.platform);
  return [
    ...[...quick, sharedMemory].flatMap((setting) => ['-c', setting]),
    ...context.rewriteWords(given).map((word) => translate(word, context, account)),
    ...places.flatMap((setting) => ['-c', setting]),
  ];
}

/** A file that the word names is put where the server may read it. */
function translate(word: string, { files, folder }: LaunchContext, account: Account | undefined): string {
  const [, key = '', path = ''] = /^([\w-]+=)?(\/.*)$/.exec(word) ?? [];
  const host = path === '' ? undefined : files.hostPath(path);
  if (host === undefined || !existsSync(host) || !statSync(host).isFile()) return word;
  if (account === undefined || canReach(host, account)) return `${key}${host}`;
  const copy = join(folder, basename(host));
  copyFileSync(host, copy);
  own(copy, account);
  return `${key}${copy}`;
}
