import { type Endpoint, endpointOfKind, PortsideError, type RedisEndpoint } from '../../model/index.js';

/** What of an address a lease changes. */
export type RedisAddress = Partial<Pick<RedisEndpoint, 'id' | 'host' | 'port' | 'ports' | 'database'>> & {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
};

/** Gives the endpoint of a Redis with another address, login or database, and the URL that goes with it. */
export function redisEndpoint(endpoint: Endpoint, changes: RedisAddress = {}): RedisEndpoint {
  if (endpoint.kind !== 'redis') {
    throw new PortsideError('INTERNAL', `Service '${endpoint.name}' of kind '${endpoint.kind}' is no Redis.`);
  }
  const { user, password, database, url: _, protocol, ...base } = { ...endpoint, ...changes };
  const credentials = {
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    database: String(database),
  };
  return endpointOfKind('redis', base, { credentials, protocol }) as RedisEndpoint;
}
