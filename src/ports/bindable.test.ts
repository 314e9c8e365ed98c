import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isBindable, isBindableAnywhere } from './bindable.js';

describe.each([
  ['isBindable', isBindable],
  ['isBindableAnywhere', isBindableAnywhere],
])('%s', (_, look) => {
  it.each(['127.0.0.1', '127.0.0.2', '0.0.0.0', '::1', '::'])(
    'finds a port taken while somebody listens on %s, and free afterwards',
    async (host) => {
      const server = createServer().listen(0, host);
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      expect(await look(port)).toBe(false);
      await new Promise((resolve) => server.close(resolve));
      expect(await look(port)).toBe(true);
    },
  );
});

it('finds a port taken from which somebody is connected', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await new Promise((resolve) => socket.once('connect', resolve));
  expect(await isBindable(socket.localPort as number)).toBe(false);
  socket.destroy();
  server.close();
});
