import { createServer, type Server } from 'node:net';
import getPort, { clearLockedPorts } from 'get-port';
import { notLookedAt } from './errors.js';

/**
 * Tells whether a listener could take the TCP port on every local address, IPv4 and IPv6, by binding it and letting it go.
 * To be asked only for a port that is reserved: looking at it must be in nobody's way. Throws `PORT_UNAVAILABLE` when no
 * socket can be had.
 */
export const isBindable: (port: number) => Promise<boolean> =
  process.platform === 'linux' ? isBindableOnLinux : isBindableAnywhere;

/** What a port answers that is not to be had: somebody listens, or the system lets only some users. */
const notToBeHad = new Set(['EADDRINUSE', 'EACCES']);

/** Linux refuses a listener on all addresses where there is one on any: one look is enough, and takes no turn of the loop. */
async function isBindableOnLinux(port: number): Promise<boolean> {
  const server = createServer();
  server.listen({ port, exclusive: true });
  const error = server.listening ? undefined : await outcomeOf(server);
  if (error === undefined) {
    server.close();
    return true;
  }
  if (notToBeHad.has(error.code ?? '')) return false;
  throw notLookedAt(port, error);
}

function outcomeOf(server: Server): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve).once('listening', () => resolve(undefined));
  });
}

/** On any system: tries each local address by itself. */
export async function isBindableAnywhere(port: number): Promise<boolean> {
  // What it has proposed lately does not matter here: the reservation across processes is ours.
  clearLockedPorts();
  return (await getPort({ port })) === port;
}
