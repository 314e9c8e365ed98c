import { connect, createServer } from 'node:net';

const requestLine = /^(GET|HEAD|POST|PUT|DELETE) (\S+) HTTP\/1\.1$/gm;

/**
 * Stands between clients and an engine's socket, on a socket of its own. `requests()` gives the requests so far as
 * `METHOD /path`; `url` is for DOCKER_HOST.
 */
export async function countingProxy(path, enginePath = '/var/run/docker.sock') {
  const requests = [];
  const sockets = new Set();
  const server = createServer((near) => {
    const far = connect(enginePath);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (chunk) => {
      for (const [, method, target] of chunk.toString('latin1').matchAll(requestLine))
        requests.push(`${method} ${target}`);
    });
    near.pipe(far).pipe(near);
  });
  await new Promise((resolve) => server.listen(path, resolve));
  return {
    url: `unix://${path}`,
    requests: () => requests,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
