import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { RegistryTransport } from './transport.js';

/** A server that answers everything in one way, and a transport to it. */
async function answering(status: number, body: string) {
  const server = createServer((_, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const transport = new RegistryTransport({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: 't',
  });
  onTestFinished(() => transport.close());
  return transport;
}

const request = { method: 'GET', path: '/v1/services' } as const;

test.each([
  [401, 'no', 'REGISTRY_UNAUTHORIZED'],
  [500, 'broken', 'REGISTRY_UNREACHABLE'],
  [404, '{"error":{}}', 'REGISTRY_UNREACHABLE'],
  [409, '{"error":{"code":"REGISTRY_CONFLICT","message":"It is there."}}', 'REGISTRY_CONFLICT'],
])('the answer %i %s is the error %s', async (status, body, code) => {
  await expect((await answering(status, body)).call(request)).rejects.toMatchObject({ code });
});

test('an answer in one piece, in many or in none is read whole', async () => {
  const large = JSON.stringify({ a: 'x'.repeat(300_000) });
  expect(await (await answering(200, large)).call(request)).toEqual(JSON.parse(large));
  await expect((await answering(200, '')).call(request)).rejects.toThrow();
});

test.each(['http', 'https'])('where nothing listens at the usual port of %s it says so', async (scheme) => {
  // An address of this machine at which nothing is expected to listen.
  const transport = new RegistryTransport({ url: `${scheme}://127.77.66.55`, token: 't' });
  await expect(transport.call(request)).rejects.toMatchObject({
    code: 'REGISTRY_UNREACHABLE',
    message: expect.stringMatching(new RegExp(`${scheme}://127\\.77\\.66\\.55: .*${scheme === 'http' ? 80 : 443}`)),
  });
  transport.close();
});

test('a signal ends a call with its reason, also while the answer is read', async () => {
  const transport = await answering(200, '{}');
  const reason = new Error('enough');
  await expect(transport.call({ ...request, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const server = createServer((_, response) => void response.write('{'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => server.closeAllConnections());
  const slow = new RegistryTransport({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' });
  const controller = new AbortController();
  const call = slow.call({ ...request, signal: controller.signal });
  setTimeout(() => controller.abort(reason), 50);
  await expect(call).rejects.toBe(reason);
  server.close();
});
