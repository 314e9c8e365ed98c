import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { library } from '../../../test/support/library.js';
import type { EnvironmentHandle, Fork } from '../../agent/index.js';
import { lazySlices } from './slices.js';

const compose = `
services:
  cache: {image: redis:7-alpine}
  other: {image: redis:7-alpine}
  worker: {image: busybox, command: sleep 1000, x-portside: {embedded: {command: [sleep, '1000']}}}
`;

let state: string;
let handle: EnvironmentHandle;
beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'ps-slices-'));
  const environment = { ...process.env, PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: 'embedded' };
  const { openEnvironment } = await library();
  writeFileSync(join(state, 'compose.yaml'), compose);
  handle = (await openEnvironment({
    source: { cwd: state, environment },
    client: 'test',
  })) as unknown as EnvironmentHandle;
});
afterAll(async () => {
  await handle?.close();
  rmSync(state, { recursive: true, force: true });
});

/** Opens real forks, and notes them. */
function forks() {
  const opened: Fork[] = [];
  const open = async (isolation: Parameters<EnvironmentHandle['fork']>[0] = {}): Promise<Fork> => {
    const fork = await handle.fork({ services: [], ...isolation });
    opened.push(fork);
    return fork;
  };
  return { opened, open };
}

const leased = async () => (await handle.document()).leases.map(({ service }) => service).sort();

test('opens the fork when the first slice is asked for, once, and leases what is asked for only', async () => {
  const { opened, open } = forks();
  const slices = lazySlices(open);
  expect(opened).toEqual([]);
  const [cache, again] = await Promise.all([slices.lease('cache', true), slices.lease('cache', true)]);
  expect(again?.id).toBe(cache?.id);
  expect(cache?.service).toBe('cache');
  expect(opened).toHaveLength(1);
  expect(await leased()).toEqual(['cache']);
  await slices.release();
  await expect.poll(leased).toEqual([]);
});

test('gives nothing for a service that is shared, and the reason where its isolation was asked for', async () => {
  const { open } = forks();
  const slices = lazySlices(open);
  expect(await slices.lease('worker', false)).toBeUndefined();
  await slices.release();
  const asked = lazySlices(() => open({ isolation: { worker: 'server' } }), { worker: 'server' });
  await expect(asked.lease('worker', false)).rejects.toMatchObject({ code: 'LEASE_UNSUPPORTED' });
  await asked.release();
});

test('gives the reason for a service that is to be leased and cannot be', async () => {
  const slices = lazySlices(forks().open);
  await expect(slices.lease('worker', true)).rejects.toMatchObject({ code: 'LEASE_UNSUPPORTED' });
  await slices.release();
});

test('leases everything that can be', async () => {
  const { opened, open } = forks();
  const slices = lazySlices(open);
  expect(await slices.fork()).toBe(opened[0]);
  expect(await leased()).toEqual(['cache', 'other']);
  await slices.release();
  await slices.release();
  await expect.poll(leased).toEqual([]);
});

test('releases nothing where nothing was leased, and does not fail when the environment has gone', async () => {
  const { opened, open } = forks();
  const unused = lazySlices(open);
  await unused.release();
  expect(opened).toEqual([]);
  const slices = lazySlices(open);
  await slices.lease('cache', true);
  await handle.stop();
  await slices.release();
  expect(opened).toHaveLength(1);
});
