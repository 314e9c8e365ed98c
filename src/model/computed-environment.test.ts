import { expect, test } from 'vitest';
import { computedEnvironment } from './computed-environment.js';
import type { ServiceDefinition } from './service.js';

const endpoints = { cache: { port: 6379 } } as never;
const compute = (environmentFrom: unknown) =>
  computedEnvironment(
    { name: 'api', environmentFrom } as Pick<ServiceDefinition, 'name' | 'environmentFrom'>,
    endpoints,
  );

test('gives what the function computes, as text, and nothing without one', () => {
  expect(compute(({ cache }: { cache: { port: number } }) => ({ PORT: cache.port, ON: true, NAME: 'x' }))).toEqual({
    PORT: '6379',
    ON: 'true',
    NAME: 'x',
  });
  expect(compute(undefined)).toEqual({});
});

test.each([
  [
    ({ db }: { db: { url: string } }) => ({ URL: db.url }),
    "its 'env' function failed: Cannot read properties of undefined (reading 'url').",
  ],
  [
    ({ cache }: { cache: { uri: string } }) => ({ URL: cache.uri }),
    'gives no text for URL. Current value is undefined.',
  ],
  [async () => ({}), "its 'env' function must give an object of values by name, at once."],
  [() => undefined, "its 'env' function must give an object of values by name, at once."],
])('refuses the function %s, and says what it is given', (environmentFrom, why) => {
  expect(() => compute(environmentFrom)).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      service: 'api',
      message: expect.stringContaining(why),
      hint: "Mend the function 'env' of 'api' in the configuration file. It is given the endpoints of: cache.",
    }),
  );
});
