import type { AddressInfo, Server } from 'node:net';
import { PortsideError } from '../model/index.js';
import { hostOfHint } from './host-of-hint.js';

/** The address that a server really listens on. */
export interface BoundAddress {
  readonly host: string;
  readonly port: number;
  readonly family: 'IPv4' | 'IPv6';
  /** `tcp://127.0.0.1:54321`. */
  readonly address: string;
}

/** Where a server is bound, and who hears of it. */
export interface BindOptions {
  /** Host to listen on. Default: the host of `hint`, else `127.0.0.1`. */
  readonly host?: string;
  /** An address, such as `tcp://127.0.0.1:4243`, of which only the host counts: the system chooses the port. */
  readonly hint?: string;
  /** Called once with the real address, as soon as the server listens; awaited. */
  readonly register?: (address: BoundAddress) => unknown;
}

/**
 * Lets a server listen on a port that the system chooses, and gives the real address once it is registered. `server`: of
 * `node:net`, `node:http` or one made from them, not yet listening. When `register` fails, the server is closed and the
 * failure is passed on. Throws `PORT_UNAVAILABLE` when the host cannot be bound, `USAGE` when the server listens already.
 */
export async function bindEphemeral(server: Server, options: BindOptions = {}): Promise<BoundAddress> {
  const host = options.host ?? (hostOfHint(options.hint ?? '') || '127.0.0.1');
  if (server.listening) throw listensAlready(server);
  try {
    await listen(server, host);
  } catch (cause) {
    throw notBound(host, cause as Error);
  }
  const bound = addressOf(server);
  try {
    await options.register?.(bound);
  } catch (error) {
    server.close();
    throw error;
  }
  return bound;
}

function listen(server: Server, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      server.off('error', settle).off('listening', settle);
      if (error === undefined) resolve();
      else reject(error);
    };
    server.once('error', settle).once('listening', settle).listen({ port: 0, host });
  });
}

function addressOf(server: Server): BoundAddress {
  const { address: host, port, family } = server.address() as AddressInfo;
  const isIPv6 = family === 'IPv6';
  return { host, port, family: isIPv6 ? 'IPv6' : 'IPv4', address: `tcp://${isIPv6 ? `[${host}]` : host}:${port}` };
}

function listensAlready(server: Server): PortsideError {
  const bound = server.address();
  const where = typeof bound === 'object' && bound !== null ? `port ${bound.port}` : bound;
  return new PortsideError('USAGE', `Cannot bind the server: it listens already. Current value is ${where}.`, {
    hint: 'Give a server on which listen() was not called.',
  });
}

function notBound(host: string, cause: Error): PortsideError {
  return new PortsideError('PORT_UNAVAILABLE', `Cannot bind the server to host "${host}": ${cause.message}.`, {
    hint: 'Give a host of this machine, such as 127.0.0.1 or ::1.',
    cause,
  });
}
