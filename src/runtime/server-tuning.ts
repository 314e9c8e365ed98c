import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceDefinition } from '../model/index.js';

/** Throwaway data needs no protection against a crash of the machine, and every lease makes checkpoints that nobody reads of. */
const throwaway = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'log_checkpoints=off'];

/**
 * Room for a pool of leases. Postgres sets locks aside for every connection; a fourth of its own default takes a sixth less time to start, and
 * is still more than twice of what its defaults give to all connections together.
 */
const connections = ['max_connections=1000', 'max_locks_per_transaction=16'];

/** Tells whether a Postgres is to write its data as safely as its image does. */
export function isDurable({ lease }: ServiceDefinition): boolean {
  return lease?.durable === true;
}

/**
 * Gives the settings of a Postgres server whose data nobody wants to keep, each as `name=value`. They go before the words that
 * the service gives its server, as the last word counts. What a configuration file or an init script of the service decides is
 * left to it. `platform`: the system that the server runs on.
 */
export function throwawaySettings(
  service: ServiceDefinition,
  words: readonly string[],
  platform: NodeJS.Platform = 'linux',
): readonly string[] {
  // Every connection takes a semaphore, and macOS has few.
  const few = platform === 'darwin' || words.some((word) => /config[_-]file=/.test(word));
  const scripts = scriptTexts(service);
  const isFree = (setting: string) => !scripts.some((text) => text.includes(setting.split('=')[0] ?? ''));
  // Few locks for each are enough for many connections only.
  const many = !few && connections.every(isFree) && !words.some((word) => /max[_-]connections/.test(word));
  return [...throwaway.filter(isFree), ...(many ? connections : [])];
}

/** The texts of the init scripts that are mounted from the host. */
function scriptTexts({ mounts }: ServiceDefinition): readonly string[] {
  const binds = mounts.flatMap((mount) => (mount.type === 'bind' ? [mount] : []));
  return binds
    .filter(({ target }) => target.startsWith('/docker-entrypoint-initdb.d'))
    .flatMap(({ source }) => (isFolder(source) ? readdirSync(source).map((name) => join(source, name)) : [source]))
    .filter((path) => /\.(sql|sh)$/.test(path))
    .map((path) => (statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : ''));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
