export {
  authentication,
  openRedis,
  type RedisCommand,
  RedisConnection,
  type RedisTarget,
} from './connection.js';
export { RedisFailure, type RedisReply } from './reply.js';
