export type { Check } from './bounded.js';
export {
  type Address,
  type ExecOptions,
  execCheck,
  grpcCheck,
  httpCheck,
  postgresCheck,
  redisCheck,
  tcpCheck,
} from './checks.js';
export type { SocketAddress } from './connect.js';
export { checkOf } from './endpoint-check.js';
export type { GrpcCheck } from './grpc.js';
export {
  type HealthChange,
  HealthMonitor,
  type HealthMonitorOptions,
  type MonitorOptions,
  type TargetOptions,
} from './monitor.js';
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
export { notReady, type ProbeResult, type ProbeTarget, ready } from './target.js';
export { type WaitOptions, waitUntilReady } from './wait-until-ready.js';
export { type WatchedRegistry, type WatchRegistryOptions, watchRegistry } from './watch-registry.js';
