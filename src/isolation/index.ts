export type { IsolationHost, Isolator, Slice, StartedCopy } from './isolator.js';
export { redisDatabaseIsolator } from './redis/database.js';
export { redisServerIsolator } from './redis/server.js';
