import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Listens on ports of all interfaces, so that nothing else can have them. Resolves to the ports that were free, those that
 * something else already held, and a function that lets go of them.
 */
export async function occupyPorts(ports) {
  const servers = [];
  const occupied = [];
  const foreign = [];
  for (const port of ports) {
    const server = await listen(port, '::').catch((error) => {
      if (error.code === 'EADDRINUSE') return undefined;
      return listen(port, '0.0.0.0');
    });
    if (!server) {
      foreign.push(port);
      continue;
    }
    servers.push(server);
    occupied.push(port);
  }
  return { occupied, foreign, release: () => Promise.all(servers.map((server) => close(server))) };
}

async function listen(port, host) {
  const server = createServer((socket) => socket.destroy());
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

function close(server) {
  return new Promise((resolve) => server.close(resolve));
}
