import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { RegistryClient } from './client.js';

async function clientOf(listener: RequestListener): Promise<RegistryClient> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new RegistryClient({ url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' });
  onTestFinished(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return client;
}

const ignore = (): void => {};

test.each(['nowhere', 'ftp://127.0.0.1', ''])('%j is no address of a registry', (url) => {
  expect(() => new RegistryClient({ url, token: '' })).toThrowError(expect.objectContaining({ code: 'USAGE' }));
});

test('the token goes with every request', async () => {
  const seen: unknown[] = [];
  const client = await clientOf(({ headers }, response) => {
    seen.push(headers.authorization);
    response.end('{"services":[]}');
  });
  await client.lookup('orders');
  await client.list();
  expect(seen).toEqual(['Bearer t', 'Bearer t']);
});

test('a server that is no registry is told', async () => {
  const client = await clientOf((_, response) => response.writeHead(502).end('<html>'));
  const refused = { code: 'REGISTRY_UNREACHABLE', message: expect.stringContaining('HTTP 502') };
  await expect(client.list()).rejects.toMatchObject(refused);
  await expect(client.heartbeat('a')).rejects.toMatchObject(refused);
  await expect(client.follow(ignore, ignore)).rejects.toMatchObject(refused);
});

test('an answer that breaks off is told', async () => {
  const client = await clientOf((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{');
    setImmediate(() => response.destroy());
  });
  await expect(client.list()).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
});

test('a request ends with its signal', async () => {
  const client = await clientOf(ignore);
  const stop = new AbortController();
  const reason = new Error('enough');
  const listed = client.list(stop.signal);
  const found = client.lookup('orders', stop.signal);
  setTimeout(() => stop.abort(reason), 20);
  await expect(listed).rejects.toBe(reason);
  await expect(found).rejects.toBe(reason);
});

test('a stream that ends before its first frame is an error', async () => {
  const client = await clientOf((_, response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
  );
  await expect(client.follow(ignore, ignore)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
});

test('a registry that has forgotten the service, and then hangs, holds up neither the heartbeats nor the end', async () => {
  let registered = false;
  const client = await clientOf(({ method }, response) => {
    if (method === 'POST') {
      const error = { code: 'DISCOVERY_UNKNOWN_SERVICE', message: 'Cannot change it.' };
      response.writeHead(404).end(JSON.stringify({ error }));
    } else if (method === 'PUT' && !registered) {
      registered = true;
      response.end('{"service":{"ttlMs":50}}');
    }
  });
  const errors: unknown[] = [];
  const kept = await client.keep(
    '1',
    { name: 'orders', host: 'h', port: 1 },
    { onError: (error) => errors.push(error) },
  );
  await expect.poll(() => errors.length, { timeout: 30_000 }).toBeGreaterThan(1);
  const before = errors.length;
  await kept.deregister();
  expect(errors.length).toBeGreaterThan(before);
  for (const error of errors) expect(error).toHaveProperty('name', 'TimeoutError');
});
