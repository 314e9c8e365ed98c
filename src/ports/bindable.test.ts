import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { isBindable } from './bindable.js';

it.each(['127.0.0.1', '127.0.0.2', '0.0.0.0', '::1', '::'])(
  'finds a port taken while somebody listens on %s, and free afterwards',
  async (host) => {
    const server = createServer().listen(0, host);
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await isBindable(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isBindable(port)).toBe(true);
  },
);
