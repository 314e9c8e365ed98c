import type { Socket } from 'node:net';
import { connectSocket } from './connect.js';
import { reasonOf } from './reason.js';
import { notReady, type ProbeResult, ready } from './target.js';

/** A TCP port to look at. */
export interface TcpTarget {
  readonly host: string;
  readonly port: number;
  /** Whether something in between accepts connections before the service does. */
  readonly forwarded: boolean;
}

/** How long a forwarded connection must stay open, in milliseconds, to count as accepted by the service itself. */
const quietMs = 200;

/**
 * Finds a TCP port ready when it accepts a connection. One that is forwarded is ready when the service speaks first or leaves the
 * connection open: a forwarder that finds nobody listening behind it closes at once.
 */
export async function probeTcp({ host, port, forwarded }: TcpTarget, signal: AbortSignal): Promise<ProbeResult> {
  try {
    const socket = await connectSocket({ host, port }, signal);
    try {
      if (forwarded) await staysOpen(socket, signal);
    } finally {
      socket.destroy();
    }
    return ready;
  } catch (error) {
    signal.throwIfAborted();
    return notReady(reasonOf(error));
  }
}

function staysOpen(socket: Socket, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, quietMs);
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('data', () => resolve());
    socket.once('error', reject);
    socket.once('end', () => reject(new Error('connection closed by the service')));
    socket.once('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    });
  });
}
