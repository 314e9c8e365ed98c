import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EnvironmentHandle } from '../../src/index.js';
import { library } from '../support/library.js';
import { ioredis } from '../support/redis-leases.js';

/** The requests that other languages lease with: the clients of this package use the stream of their session. */
let state: string;
let env: EnvironmentHandle;
beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'ps-requests-'));
  const environment = {
    ...process.env,
    PORTSIDE_STATE_DIR: state,
    PORTSIDE_RUNTIME: 'embedded',
    PORTSIDE_LEASE_MAX_ACTIVE: '1',
  };
  writeFileSync(join(state, 'compose.yaml'), 'services: {cache: {image: redis:7-alpine}}');
  env = await (await library()).openEnvironment({ source: { cwd: state, environment }, client: 'test' });
});
afterAll(async () => {
  await env.close();
  rmSync(state, { recursive: true, force: true });
});

function send(method: string, path: string, body?: object) {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' };
  const outgoing = request({ socketPath: env.socket ?? '', method, path, agent: false, headers });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', reject);
  });
  outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  return { outgoing, response };
}

async function ask(method: string, path: string, body?: object) {
  const response = await send(method, path, body).response;
  return { status: response.statusCode, body: JSON.parse(await text(response)) };
}

/** Opens a session and gives its id, and what ends it. */
async function session(): Promise<{ id: string; end: () => void }> {
  const response = await send('POST', '/v1/sessions', { client: 'curl', hold: false }).response;
  response.on('error', () => undefined);
  const first = await new Promise<string>((resolve) => response.once('data', (chunk) => resolve(String(chunk))));
  const { id } = JSON.parse(/^data: (.*)$/m.exec(first)?.[1] ?? '{}');
  return { id, end: () => response.destroy() };
}

const states = async () => (await ask('GET', '/v1/leases')).body.leases.map(({ state }: { state: string }) => state);

test('a lease is made, reset, kept under a name, brought back and ended', async () => {
  const { id, end } = await session();
  const { status, body: fork } = await ask('POST', '/v1/leases', { session: id, services: ['cache'] });
  expect(status).toBe(200);
  const [lease] = fork.leases;
  expect(lease).toMatchObject({ service: 'cache', isolation: 'server', endpoint: { kind: 'redis' } });
  expect((await ask('GET', '/v1/leases')).body.leases).toMatchObject([{ id: lease.id, owner: { client: 'curl' } }]);
  const at = `/v1/leases/${lease.id}`;
  const redis = ioredis(lease);
  await redis.set('order', 'kept');
  expect((await ask('PUT', `${at}/snapshots/one`)).body).toEqual({ id: lease.id, snapshot: 'one' });
  await redis.set('order', 'changed');
  expect((await ask('POST', `${at}/reset`)).body).toEqual({ reset: lease.id });
  expect(await redis.get('order')).toBeNull();
  expect((await ask('POST', `${at}/snapshots/one/restore`)).body).toEqual({ id: lease.id, restored: 'one' });
  expect(await redis.get('order')).toBe('kept');
  expect(await ask('POST', `${at}/snapshots/two/restore`)).toMatchObject({
    status: 404,
    body: { error: { code: 'LEASE_UNKNOWN' } },
  });
  expect((await ask('DELETE', `/v1/leases/${fork.id}`)).body).toEqual({ released: fork.id });
  expect(await states()).toEqual([]);
  end();
});

test('a lease needs an open session, and ends with it', async () => {
  for (const body of [{ session: 'nobody' }, {}]) {
    expect(await ask('POST', '/v1/leases', body)).toMatchObject({
      status: 400,
      body: { error: { code: 'USAGE', hint: expect.stringContaining('POST /v1/sessions first') } },
    });
  }
  const { id, end } = await session();
  await ask('POST', '/v1/leases', { session: id });
  expect(await states()).toEqual(['active']);
  end();
  await expect.poll(states).toEqual([]);
});

test('whoever hangs up while it waits has no place in the queue any more', async () => {
  const { id, end } = await session();
  await ask('POST', '/v1/leases', { session: id });
  const { outgoing, response } = send('POST', '/v1/leases', { session: id });
  response.catch(() => undefined);
  await expect.poll(states).toEqual(['active', 'queued']);
  outgoing.destroy();
  await expect.poll(states).toEqual(['active']);
  end();
  await expect.poll(states).toEqual([]);
});
