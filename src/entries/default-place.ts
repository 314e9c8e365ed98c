import type { DefaultPlace } from '../discovery/index.js';
import type { Credentials } from '../model/index.js';
import { defaultPoolPorts, poolOfName } from '../ports/index.js';

/**
 * Gives the default port of a service by its name, and the protocol by which it is known there; `undefined` for names that say
 * nothing, and for services whose protocol portside does not speak: a port alone proves nothing (R4).
 */
export function defaultPlace(name: string, credentials?: Credentials): DefaultPlace | undefined {
  const pool = poolOfName(name);
  const port = defaultPoolPorts[pool ?? ''];
  const kind = kindOf(name.toLowerCase(), pool);
  if (port === undefined || kind === undefined) return undefined;
  return { kind, port, ...(credentials === undefined ? {} : { credentials }) };
}

function kindOf(name: string, pool: string | undefined): DefaultPlace['kind'] | undefined {
  if (pool === 'database') return /mysql|mariadb|mongo/.test(name) ? undefined : 'postgres';
  if (pool === 'cache') return name.includes('memcache') ? undefined : 'redis';
  return pool === 'api' ? 'http' : undefined;
}
