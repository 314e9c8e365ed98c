export { passwordNeeded } from './authenticate.js';
export {
  openPostgres,
  type PostgresConnection,
  type PostgresOpening,
  type PostgresResult,
  type PostgresTarget,
} from './connection.js';
export type { PostgresFailure } from './messages.js';
export { queryOnce } from './query-once.js';
