import { createServer } from 'node:net';

/**
 * Linux refuses a listener on all addresses when any one of them is taken, IPv4 or IPv6. Other systems let it in beside
 * a listener on a single address, so there the loopback addresses are tried one by one as well.
 */
const hosts = process.platform === 'linux' ? ['::', '0.0.0.0'] : ['::', '0.0.0.0', '::1', '127.0.0.1'];

/** Tells whether a listener could take the TCP port on every address, by binding it and letting it go. */
export async function isBindable(port: number): Promise<boolean> {
  for (const host of hosts) {
    const code = await bindAndClose(port, host);
    // A machine without this address family has nobody there who could hold the port.
    if (code !== undefined && code !== 'EADDRNOTAVAIL' && code !== 'EAFNOSUPPORT') return false;
    if (code === undefined && process.platform === 'linux') return true;
  }
  return true;
}

function bindAndClose(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'UNKNOWN'));
    server.listen({ port, host }, () => server.close(() => resolve(undefined)));
  });
}
