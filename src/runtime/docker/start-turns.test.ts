import { expect, test } from 'vitest';
import type { PlannedService } from '../../model/index.js';
import { StartTurns } from './start-turns.js';

const service = (name: string, kind: string, more: object = {}) =>
  ({ name, dependsOn: [], definition: { kind }, ...more }) as unknown as PlannedService;

/** A start that ends when it is told to. */
function gate() {
  let open = (): void => {};
  let fail = (_: Error): void => {};
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { passed, open, fail };
}

test('on two processors a quick service starts when the slow ones beside it have been started', async () => {
  const turns = new StartTurns(true, 2);
  const order: string[] = [];
  const database = gate();
  const quick = turns.take(service('cache', 'redis'), async () => void order.push('cache'));
  const slow = turns.take(service('db', 'postgres'), async () => {
    order.push('db begins');
    await database.passed;
    order.push('db started');
  });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(order).toEqual(['db begins']);
  database.open();
  await Promise.all([quick, slow]);
  expect(order).toEqual(['db begins', 'db started', 'cache']);
});

test('slow services start together, and one that fails keeps nobody waiting', async () => {
  const turns = new StartTurns(true, 2);
  const first = gate();
  const second = gate();
  const a = turns.take(service('a', 'postgres'), () => first.passed);
  const b = turns.take(service('b', 'tcp', { definition: { kind: 'tcp', custom: {} } }), () => second.passed);
  let started = false;
  const quick = turns.take(service('cache', 'redis'), async () => {
    started = true;
  });
  first.fail(new Error('no such image'));
  await expect(a).rejects.toThrow('no such image');
  expect(started).toBe(false);
  second.open();
  await Promise.all([b, quick]);
  expect(started).toBe(true);
});

test.each([
  ['many processors', new StartTurns(true, 8), {}],
  ['an engine elsewhere', new StartTurns(false, 1), {}],
  ['a service that has waited for others', new StartTurns(true, 2), { dependsOn: [{ service: 'db' }] }],
  ['a copy', new StartTurns(true, 2), { copy: { of: 'cache' } }],
])('with %s nobody waits', async (_, turns, more) => {
  const database = gate();
  const slow = turns.take(service('db', 'postgres'), () => database.passed);
  let started = false;
  await turns.take(service('cache', 'redis', more), async () => {
    started = true;
  });
  expect(started).toBe(true);
  database.open();
  await slow;
});
