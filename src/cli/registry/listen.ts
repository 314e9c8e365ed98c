import type { AddressInfo } from 'node:net';
import { addressOf, PortsideError } from '../../model/index.js';
import { usageError } from '../usage-error.js';

/** Where a server is reached that listens on every address. */
const reachable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** The part of an HTTP server that is needed here. */
interface Listening {
  listen(where: { host: string; port: number }): Promise<unknown>;
  readonly server: { address(): AddressInfo | string | null };
}

/** Lets a server listen at `HOST:PORT` and gives the address that this machine reaches it at. Errors: `USAGE`, `PORT_UNAVAILABLE`. */
export async function listen(server: Listening, at: string): Promise<string> {
  const [, host = '', digits = ''] = /^(?:tcp:\/\/)?\[?([^\]]+?)\]?:(\d{1,5})$/.exec(at) ?? [];
  if (host === '' || Number(digits) > 65_535) {
    throw usageError(`the registry listens at HOST:PORT. Current value is '${at}'.`, 'Write it like 127.0.0.1:7000.');
  }
  try {
    await server.listen({ host, port: Number(digits) });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (!['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'ENOTFOUND'].includes(code ?? '')) throw cause;
    throw new PortsideError('PORT_UNAVAILABLE', `Cannot serve the registry at ${at}: ${message}.`, {
      hint: 'Choose another port; port 0 lets the system choose.',
      cause,
    });
  }
  const { address, port } = server.server.address() as AddressInfo;
  return addressOf({ host: reachable[address] ?? address, port });
}
