import { expect, test } from 'vitest';
import { chooseService } from './choose-service.js';

const primary = { service: 'postgres-primary', kind: 'postgres' } as const;
const replica = { service: 'postgres-replica', kind: 'postgres' } as const;
const cache = { service: 'cache', kind: 'redis' } as const;

test('takes the only service of the kind, whatever its name', () => {
  expect(chooseService('postgres', [cache, primary])).toBe('postgres-primary');
  expect(chooseService('redis', [cache, primary])).toBe('cache');
});

test('takes the one that is named as the fixture when there are several', () => {
  const services = [
    { service: 'web', kind: 'http' },
    { service: 'api', kind: 'http' },
  ] as const;
  expect(chooseService('http', services)).toBe('api');
});

test('fails naming the candidates and env when there are several', () => {
  expect(() => chooseService('postgres', [primary, replica])).toThrow(
    expect.objectContaining({
      code: 'FIXTURE_UNAVAILABLE',
      message: expect.stringContaining('postgres-primary, postgres-replica'),
      hint: expect.stringContaining("env.discover('postgres-primary')"),
    }),
  );
});

test('fails naming what there is when there is none', () => {
  expect(() => chooseService('http', [primary, cache])).toThrow(
    expect.objectContaining({
      code: 'FIXTURE_UNAVAILABLE',
      message: expect.stringContaining('postgres-primary (postgres), cache (redis)'),
    }),
  );
});
