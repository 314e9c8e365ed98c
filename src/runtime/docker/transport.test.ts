import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { getJson } from './transport.js';

it('gives up on an engine that takes the connection and says nothing', async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const address = { transport: 'tcp', host: '127.0.0.1', port, url: '', origin: '', explicit: true } as const;
  await expect(getJson(address, '/version', 50)).rejects.toThrow('no answer within 50 ms');
  server.close();
  server.closeAllConnections();
});
