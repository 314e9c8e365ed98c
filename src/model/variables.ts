import type { Endpoint } from './endpoint.js';

/**
 * Gives the environment variables that tell a program every address (design, section 5): `NAME_URL`, `NAME_HOST` and
 * `NAME_PORT` for each service; with a single Postgres also `DATABASE_URL` and `PGHOST`, `PGPORT`, `PGUSER`,
 * `PGPASSWORD`, `PGDATABASE`; with a single Redis `REDIS_URL`. Of several replicas the first counts.
 */
export function environmentVariables(endpoints: readonly Endpoint[]): Record<string, string> {
  const byName = new Map<string, Endpoint>();
  for (const endpoint of endpoints) if (!byName.has(endpoint.name)) byName.set(endpoint.name, endpoint);
  const variables: Record<string, string> = {};
  // Leased programs that listen on nothing have no address.
  const services = [...byName.values()].filter(({ port }) => port !== 0);
  const postgres = services.filter((service) => service.kind === 'postgres');
  const redis = services.filter((service) => service.kind === 'redis');
  const [database] = postgres;
  if (postgres.length === 1 && database !== undefined) {
    Object.assign(variables, {
      DATABASE_URL: database.url,
      PGHOST: database.host,
      PGPORT: String(database.port),
      PGUSER: database.user,
      PGPASSWORD: database.password,
      PGDATABASE: database.database,
    });
  }
  if (redis.length === 1 && redis[0] !== undefined) variables['REDIS_URL'] = redis[0].url;
  for (const service of services) {
    const prefix = service.name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
    variables[`${prefix}_URL`] = service.url;
    variables[`${prefix}_HOST`] = service.host;
    variables[`${prefix}_PORT`] = String(service.port);
  }
  return variables;
}
