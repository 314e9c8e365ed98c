import type { RedisEndpoint } from '../../model/index.js';
import type { Dump } from './dump.js';

/** A server that is one lease's own. */
export interface LeasedServer {
  readonly endpoint: RedisEndpoint;
  /** As the environment's other services reach it. */
  readonly inner: RedisEndpoint;
  /** Aborts when its program or container has ended of itself. */
  readonly ended: AbortSignal;
  /** Puts it into the state it began in; its address stays. */
  reset(signal: AbortSignal): Promise<void>;
  /** Puts a new server with these data in its place, at the same address. Absent where that is not possible. */
  readonly load?: (data: Dump, signal: AbortSignal) => Promise<void>;
  /** Ends it. */
  remove(): Promise<void>;
}
