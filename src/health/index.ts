export type { Check } from './bounded.js';
export type { SocketAddress } from './connect.js';
export { type HealthChange, HealthMonitor, type MonitorOptions, type TargetOptions } from './monitor.js';
export {
  openPostgres,
  type PostgresConnection,
  type PostgresFailure,
  type PostgresOpening,
  type PostgresResult,
  type PostgresTarget,
  queryOnce,
} from './postgres-wire/index.js';
export { probe } from './probe.js';
export {
  openRedis,
  type RedisCommand,
  type RedisConnection,
  RedisFailure,
  type RedisReply,
} from './redis-wire/index.js';
export type { ProbeResult, ProbeTarget } from './target.js';
export { type WaitOptions, waitUntilReady } from './wait-until-ready.js';
