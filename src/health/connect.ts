import { connect, type Socket } from 'node:net';

/** Where to connect to: a host and port, or the path of a Unix socket. */
export type SocketAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Connects and gives the socket. Rejects with the system's error, or with the signal's reason on abort.
 *
 * A port in the ephemeral range on which nobody listens can be given to our own end of the connection, which then
 * talks to itself; that counts as refused.
 */
export function connectSocket(address: SocketAddress, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = connect('path' in address ? { path: address.path } : { ...address, noDelay: true });
    const settle = (error?: unknown) => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', settle);
      if (error === undefined) return resolve(socket);
      socket.destroy();
      reject(error);
    };
    const onAbort = () => settle(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', settle);
    socket.once('connect', () => settle(isSelfConnected(socket) ? refused() : undefined));
  });
}

/** Tells whether both ends of the connection are the same socket. */
export function isSelfConnected(socket: Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>) {
  return (
    socket.remotePort !== undefined &&
    socket.localPort === socket.remotePort &&
    socket.localAddress === socket.remoteAddress
  );
}

function refused(): NodeJS.ErrnoException {
  return Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
}
