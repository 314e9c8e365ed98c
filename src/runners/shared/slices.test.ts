import { expect, test, vi } from 'vitest';
import type { Fork } from '../../agent/index.js';
import { PortsideError } from '../../model/index.js';
import { lazySlices } from './slices.js';

/** A fork whose services of these names can be leased; it counts what is asked of it. */
function forkOf(...leasable: readonly string[]) {
  const fork = {
    lease: vi.fn(async (service: string) => {
      if (leasable.includes(service)) return { service };
      throw new PortsideError('LEASE_UNSUPPORTED', `Cannot lease '${service}'.`);
    }),
    extend: vi.fn(async () => {}),
    release: vi.fn(async () => {}),
  };
  const open = vi.fn(async () => fork as unknown as Fork);
  return { fork, open };
}

test('opens the fork when the first slice is asked for, once', async () => {
  const { open } = forkOf('db', 'cache');
  const slices = lazySlices(open);
  expect(open).not.toHaveBeenCalled();
  expect(await Promise.all([slices.lease('db'), slices.lease('cache')])).toEqual([
    { service: 'db' },
    { service: 'cache' },
  ]);
  expect(open).toHaveBeenCalledTimes(1);
});

test('gives nothing for a service that is shared, and the reason where its isolation was asked for', async () => {
  const { open } = forkOf('db');
  expect(await lazySlices(open).lease('queue')).toBeUndefined();
  await expect(lazySlices(open, { queue: 'server' }).lease('queue')).rejects.toMatchObject({
    code: 'LEASE_UNSUPPORTED',
  });
});

test('leases everything in one request', async () => {
  const { open, fork } = forkOf();
  expect(await lazySlices(open).fork()).toBe(fork);
  expect(fork.extend.mock.calls).toEqual([[undefined]]);
});

test('releases what was opened, also when the agent has gone, and nothing otherwise', async () => {
  const { open, fork } = forkOf('db');
  const slices = lazySlices(open);
  await slices.release();
  expect(open).not.toHaveBeenCalled();
  await slices.lease('db');
  fork.release.mockRejectedValueOnce(new Error('connect ENOENT'));
  await slices.release();
  expect(fork.release).toHaveBeenCalledTimes(1);
});
