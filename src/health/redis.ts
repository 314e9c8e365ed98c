import type { Socket } from 'node:net';
import type { Credentials } from '../model/index.js';
import { connectSocket } from './connect.js';
import { reasonOf } from './reason.js';
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
  let socket: Socket | undefined;
  try {
    socket = await connectSocket({ host, port }, signal);
    const { user, password } = credentials;
    const auth = password === undefined ? [] : [['AUTH', ...(user === undefined ? [] : [user]), password]];
    const replies = await replyLines(socket, [...auth, ['PING']], signal);
    return judge(replies);
  } catch (error) {
    signal.throwIfAborted();
    return notReady(reasonOf(error));
  } finally {
    socket?.destroy();
  }
}

function judge(replies: readonly string[]): ProbeResult {
  const wrong = replies.find((reply) => reply.startsWith('-WRONGPASS') || reply === '-ERR invalid password');
  if (wrong !== undefined) return notReady(`password rejected: ${wrong.slice(1)}`);
  const ping = replies.at(-1) ?? '';
  if (ping === '+PONG' || ping.startsWith('-NOAUTH') || ping.startsWith('-NOPERM')) return ready;
  if (ping.startsWith('-')) return notReady(ping.slice(1));
  return notReady('the answer is not a Redis one');
}

/** Sends the commands in one piece and gives the first line of each reply. */
function replyLines(socket: Socket, commands: readonly (readonly string[])[], signal: AbortSignal): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.on('close', () => signal.removeEventListener('abort', onAbort));
    socket.on('error', reject);
    socket.on('end', () => reject(new Error('connection closed by the service')));
    socket.on('data', (chunk) => {
      text += chunk.toString('utf8');
      const lines = text.split('\r\n');
      // What does not look like a reply is no Redis: its answer may never have an end.
      if (lines.length > commands.length || !/^[-+]/.test(text)) resolve(lines.slice(0, commands.length));
    });
    socket.write(commands.map(encode).join(''));
  });
}

function encode(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join('')}`;
}
