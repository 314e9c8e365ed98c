import type { Credentials } from '../model/index.js';
import { connectSocket } from './connect.js';
import { reasonOf } from './reason.js';
import { authentication, RedisConnection, RedisFailure, type RedisReply } from './redis-wire/index.js';
import { notReady, type ProbeResult, ready } from './target.js';

/**
 * Finds a Redis server ready when it answers `PING`, after `AUTH` when a password is known. A server that asks for a
 * password nobody told us answers too; one that is loading its data does not count.
 */
export async function probeRedis(
  host: string,
  port: number,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<ProbeResult> {
  let connection: RedisConnection | undefined;
  const onAbort = () => connection?.close(signal.reason);
  try {
    connection = new RedisConnection(await connectSocket({ host, port }, signal));
    signal.addEventListener('abort', onAbort, { once: true });
    return judge(await connection.send([...authentication(credentials), ['PING']]));
  } catch (error) {
    signal.throwIfAborted();
    return notReady(reasonOf(error));
  } finally {
    signal.removeEventListener('abort', onAbort);
    connection?.close();
  }
}

function judge(replies: readonly RedisReply[]): ProbeResult {
  const failures = replies.flatMap((reply) => (reply instanceof RedisFailure ? [reply.message] : []));
  const wrong = failures.find((text) => text.startsWith('WRONGPASS') || text === 'ERR invalid password');
  if (wrong !== undefined) return notReady(`password rejected: ${wrong}`);
  const ping = replies.at(-1);
  if (ping === 'PONG') return ready;
  if (!(ping instanceof RedisFailure)) return notReady('the answer is not a Redis one');
  return /^(NOAUTH|NOPERM)/.test(ping.message) ? ready : notReady(ping.message);
}
