import { expect, test } from 'vitest';
import type { Endpoint } from '../model/index.js';
import { BatchedLookup } from './batched-lookup.js';
import { endpointOf } from './registration.js';

const instance = (name: string, id = name): Endpoint =>
  endpointOf(id, { name, host: '127.0.0.1', port: 80 }, { now: 0 });

test('what is asked for at the same moment goes in one request, each name once, a hundred names at most', async () => {
  const asked: number[] = [];
  const lookups = new BatchedLookup(async (names) => {
    asked.push(names.length);
    return names.flatMap((name) => (name === 'nobody' ? [] : [instance(name), instance(name, `${name}-2`)]));
  });
  const names = Array.from({ length: 150 }, (_, index) => `service-${index % 120}`);
  const found = await Promise.all([...names, 'nobody'].map((name) => lookups.lookup(name)));
  expect(found.at(-1)).toEqual([]);
  expect(found.slice(0, -1).map((endpoints) => endpoints.map(({ id }) => id))).toEqual(
    names.map((name) => [name, `${name}-2`]),
  );
  expect(asked).toEqual([100, 21]);
});

test('a failure is everybody’s, a signal its own', async () => {
  const stop = new AbortController();
  const lookups = new BatchedLookup(async () => {
    stop.abort(new Error('enough'));
    throw new Error('away');
  });
  const results = await Promise.allSettled([
    lookups.lookup('a'),
    lookups.lookup('b'),
    lookups.lookup('a', stop.signal),
    lookups.lookup('a', AbortSignal.abort(new Error('over'))),
  ]);
  expect(results.map((result) => (result as PromiseRejectedResult).reason.message)).toEqual([
    'away',
    'away',
    'enough',
    'over',
  ]);
});
