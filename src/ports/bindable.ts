import getPort, { clearLockedPorts } from 'get-port';

/**
 * Tells whether a listener could take the TCP port on every local address, IPv4 and IPv6, by binding it and letting it go.
 * To be asked only for a port that is reserved: looking at it must be in nobody's way.
 */
export async function isBindable(port: number): Promise<boolean> {
  // What it has proposed lately does not matter here: the reservation across processes is ours.
  clearLockedPorts();
  return (await getPort({ port })) === port;
}
