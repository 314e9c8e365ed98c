import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { Endpoint } from '../model/index.js';
import { endpointOf, ServiceRegistry } from '../registry/index.js';
import { streamRegistry } from './registry-stream.js';

const kilobyte = 'x'.repeat(1000);
const metadata = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`${index}`, kilobyte]));

/** Of some nine kilobytes. */
const service = (id: string): Endpoint =>
  endpointOf(id, { name: 'orders', host: '127.0.0.1', port: 8080, metadata }, { now: 0 });

/** Serves a registry whose snapshot has some ten megabytes; gives both ends of a stream of which nothing is read yet. */
async function follow() {
  const registry = new ServiceRegistry({ now: () => 0 });
  for (let count = 0; count < 1100; count++) registry.register(service(`${count}`));
  let sent: ServerResponse | undefined;
  const server = createServer((_, response) => {
    sent = response;
    streamRegistry(registry, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const got = await new Promise<IncomingMessage>((resolve) => get(url, resolve));
  got.on('error', () => undefined);
  return { registry, sent: sent as ServerResponse, got };
}

test('a snapshot of any size can be followed by who does not read it at once', async () => {
  const { registry, sent, got } = await follow();
  for (let count = 0; count < 100; count++) registry.register(service(`more-${count}`));
  expect([sent.destroyed, sent.writableLength > 9_000_000]).toEqual([false, true]);
  const all = text(got);
  await expect.poll(() => sent.writableLength, { timeout: 30_000 }).toBe(0);
  sent.end();
  expect((await all).match(/^event: \w+$/gm)).toEqual(['event: snapshot', ...Array(100).fill('event: event')]);
});

test.each([
  ['the snapshot', false],
  ['what came after the snapshot', true],
])('who falls too far behind while it waits for %s is cut off', async (_, read) => {
  const { registry, sent, got } = await follow();
  if (read) {
    got.resume();
    await expect.poll(() => sent.writableLength, { timeout: 30_000 }).toBe(0);
    got.pause();
  }
  let changes = 0;
  while (!sent.destroyed && changes < 3000) registry.register(service(`more-${changes++}`));
  expect(changes).toBeGreaterThan(800);
  expect(changes).toBeLessThan(1500);
});
