import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { connectSocket, isSelfConnected } from './connect.js';

it('takes a connection whose two ends are the same for none', () => {
  const end = { localAddress: '127.0.0.1', remoteAddress: '127.0.0.1', localPort: 40_000 };
  expect(isSelfConnected({ ...end, remotePort: 40_000 })).toBe(true);
  expect(isSelfConnected({ ...end, remotePort: 40_001 })).toBe(false);
});

it('refuses a connection that the system has made with itself', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const toItself = { host: '127.0.0.1', port, localAddress: '127.0.0.1', localPort: port };
  // What the system may do by chance is forced here: the local port is the one connected to.
  await expect(connectSocket(toItself, new AbortController().signal)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('rejects with the reason of the signal when that aborts first', async () => {
  const reason = new Error('no longer wanted');
  await expect(connectSocket({ host: '127.0.0.1', port: 9 }, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const pending = connectSocket({ host: '127.0.0.1', port: 9 }, controller.signal);
  controller.abort(reason);
  await expect(pending).rejects.toBe(reason);
});
