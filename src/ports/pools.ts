import type { PortRange } from './range.js';

/** The ports that are never handed out unless the caller says otherwise. */
export const defaultReservedPorts: readonly number[] = [22, 80, 443];

/** The named pools and their ranges unless the caller says otherwise. */
export const defaultPortRanges: Readonly<Record<string, PortRange>> = {
  database: { start: 5433, end: 5442 },
  cache: { start: 6380, end: 6389 },
  api: { start: 8081, end: 8099 },
  grpc: { start: 9091, end: 9109 },
  metrics: { start: 9100, end: 9199 },
  websocket: { start: 8001, end: 8020 },
};

/** The port of each pool that is tried before its range unless the caller says otherwise. */
export const defaultPoolPorts: Readonly<Record<string, number>> = {
  database: 5432,
  cache: 6379,
  api: 8080,
  grpc: 9090,
  metrics: 9090,
  websocket: 8000,
};

/** Words in a service's name, and the pool that they speak for; the first that matches counts. */
const poolsByWord: readonly (readonly [RegExp, string])[] = [
  [/postgres|pgsql|mysql|mariadb|mongo|database|\bdb\b/, 'database'],
  [/redis|valkey|memcache|cache/, 'cache'],
  [/grpc/, 'grpc'],
  [/metrics|prometheus/, 'metrics'],
  [/websocket|\bws\b/, 'websocket'],
  [/api|http|\bweb\b/, 'api'],
];

/** Derives the pool of a service from its name; `undefined` when the name says nothing. */
export function poolOfName(service: string): string | undefined {
  const words = service.toLowerCase().replaceAll('_', '-');
  return poolsByWord.find(([pattern]) => pattern.test(words))?.[1];
}
