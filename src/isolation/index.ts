export { copyIsolator } from './copy/copy-isolator.js';
export type { IsolationHost, Isolator, Slice, StartedCopy } from './isolator.js';
export { type PostgresIsolatorOptions, postgresIsolator, postgresServerIsolator } from './postgres/index.js';
export { redisDatabaseIsolator } from './redis/database.js';
export { redisServerIsolator } from './redis/server.js';
