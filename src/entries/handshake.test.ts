import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { handshake } from './handshake.js';

test('a service that speaks HTTP is there when it says that it is healthy, any other when it takes a connection', async () => {
  let status = 200;
  const server = createServer((request, response) =>
    response.writeHead(request.url === '/health' ? status : 404).end(),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const signal = new AbortController().signal;
  const at = (kind: 'http' | 'tcp') => handshake({ kind, host: '127.0.0.1', port } as never, signal);
  expect([await at('http'), await at('tcp')]).toMatchObject([{ ok: true }, { ok: true }]);
  status = 503;
  expect([await at('http'), await at('tcp')]).toMatchObject([{ ok: false }, { ok: true }]);
});
