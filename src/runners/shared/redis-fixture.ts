import type { Redis } from 'ioredis';
import type { RedisEndpoint } from '../../model/index.js';
import type { RedisClient, RedisClientOptions } from './client-types.js';
import { explained } from './explain.js';
import { loadClient } from './optional-module.js';
import type { SliceState } from './slice-state.js';

/** A Redis service: its newest address, clients of the package `ioredis` that are closed for the test, and its state. */
export interface RedisFixture extends RedisEndpoint, SliceState {
  /**
   * Gives a connected client of its own. It does not reconnect by itself, so that a stopped server shows as an error;
   * `retryStrategy` in the options changes that. Errors: `CLIENT_MISSING`, and those of `ioredis`.
   */
  client(options?: RedisClientOptions): Promise<RedisClient>;
}

/** Lets the process end although the client is open, but not while it waits for an answer. */
function unrefWhileIdle(redis: Redis): void {
  let waiting = 0;
  const settle = (): void => {
    waiting--;
    if (waiting === 0) redis.stream?.unref();
  };
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (...args) => {
    const answer = send(...args);
    waiting++;
    redis.stream?.ref();
    Promise.resolve(answer).then(settle, settle);
    return answer;
  };
  redis.on('connect', () => waiting === 0 && redis.stream.unref());
}

/** Makes the fixture of a Redis endpoint; `close` ends all of its connections. */
export function redisFixture(
  endpoint: RedisEndpoint,
  folders: readonly string[],
  stateOf: (close: () => Promise<void>) => SliceState,
): { readonly fixture: RedisFixture; close(): Promise<void> } {
  const clients = new Set<Redis>();
  const ioredis = async () => loadClient('ioredis', folders) as typeof import('ioredis');
  const client = async (options: RedisClientOptions = {}): Promise<RedisClient> => {
    const { Redis } = await explained(ioredis());
    const redis = new Redis(endpoint.url, { retryStrategy: () => null, ...options, lazyConnect: true });
    redis.on('error', () => {});
    unrefWhileIdle(redis);
    redis.once('end', () => clients.delete(redis));
    clients.add(redis);
    await redis.connect();
    return redis;
  };
  const close = async (): Promise<void> => {
    for (const redis of clients) redis.disconnect();
  };
  const { reset } = stateOf(close);
  return { fixture: Object.assign(endpoint, { client, reset }), close };
}
