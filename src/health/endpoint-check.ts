import { type Endpoint, isHealthUrl } from '../model/index.js';
import type { Check } from './bounded.js';
import { grpcCheck, httpCheck, postgresCheck, redisCheck, tcpCheck } from './checks.js';

/**
 * Gives the check for a registered service: of its health URL (`http:`, `https:`, `tcp:`, `grpc:` or `grpcs:`, of which a path names the service inside
 * the server), else by its kind, else whether its port accepts a connection.
 */
export function checkOf(endpoint: Endpoint): Check {
  return urlCheck(endpoint.healthUrl) ?? kindCheck(endpoint);
}

function urlCheck(text: string | undefined): Check | undefined {
  if (text === undefined || !isHealthUrl(text)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(text);
  const address = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
  switch (protocol) {
    case 'http:':
    case 'https:':
      return httpCheck(text);
    case 'grpc:':
    case 'grpcs:':
      return grpcCheck(address, { service: decodeURIComponent(pathname.slice(1)), tls: protocol === 'grpcs:' });
    case 'tcp:':
      return tcpCheck(address);
    default:
      return undefined;
  }
}

function kindCheck(endpoint: Endpoint): Check {
  switch (endpoint.kind) {
    case 'postgres': {
      const { user, password, database } = endpoint;
      return postgresCheck(endpoint, { user, database, ...(password && { password }) });
    }
    case 'redis': {
      const { user, password } = endpoint;
      return redisCheck(endpoint, { ...(user && { user }), ...(password && { password }) });
    }
    default:
      return tcpCheck(endpoint);
  }
}
