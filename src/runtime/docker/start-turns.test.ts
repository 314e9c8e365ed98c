import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PlannedService } from '../../model/index.js';
import { StartTurns } from './start-turns.js';

const service = (name: string, kind: string, more: object = {}) =>
  ({ name, dependsOn: [], definition: { kind }, ...more }) as unknown as PlannedService;
const db = service('db', 'postgres');
const cache = service('cache', 'redis');
const never = new AbortController().signal;

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

/** Starts the service in its turn, and tells whether that has come. */
function starting(turns: StartTurns, what: PlannedService, signal = never) {
  const state = { hasStarted: false, done: Promise.resolve() };
  state.done = turns.take(what, signal, async () => {
    state.hasStarted = true;
  });
  return state;
}

test('on two processors a quick service starts when the slow one beside it, which is about to start, has been started', async () => {
  const turns = new StartTurns(true, 2);
  const database = gate();
  turns.expect(db);
  const quick = starting(turns, cache);
  await sleep(10);
  const slow = turns.take(db, never, () => database.passed);
  await sleep(10);
  expect(quick.hasStarted).toBe(false);
  database.open();
  await Promise.all([quick.done, slow]);
  expect(quick.hasStarted).toBe(true);
});

test('slow services start together, and one that fails or never comes keeps nobody waiting', async () => {
  const turns = new StartTurns(true, 2);
  const first = gate();
  const gone = service('gone', 'postgres');
  turns.expect(gone);
  const slow = turns.take(db, never, () => first.passed);
  const other = starting(turns, service('other', 'tcp', { definition: { kind: 'tcp', custom: {} } }));
  await other.done;
  const quick = starting(turns, cache);
  first.fail(new Error('no such image'));
  await expect(slow).rejects.toThrow('no such image');
  expect(quick.hasStarted).toBe(false);
  turns.forget(gone);
  await quick.done;
  expect(quick.hasStarted).toBe(true);
});

test('a quick service does not wait longer than the engine needs to be ahead with the slow one', async () => {
  const turns = new StartTurns(true, 2);
  const database = gate();
  const slow = turns.take(db, never, () => database.passed);
  const quick = starting(turns, cache);
  await sleep(10);
  expect(quick.hasStarted).toBe(false);
  await quick.done;
  expect(quick.hasStarted).toBe(true);
  database.open();
  await slow;
});

test('who waits goes on when the start is given up', async () => {
  const turns = new StartTurns(true, 2);
  const givenUp = new AbortController();
  turns.expect(db);
  const quick = starting(turns, cache, givenUp.signal);
  givenUp.abort();
  await quick.done;
  expect(quick.hasStarted).toBe(true);
});

test.each([
  ['many processors', new StartTurns(true, 8), {}],
  ['an engine elsewhere', new StartTurns(false, 1), {}],
  ['a service that has waited for others', new StartTurns(true, 2), { dependsOn: [{ service: 'db' }] }],
  ['a copy', new StartTurns(true, 2), { copy: { of: 'cache' } }],
])('with %s nobody waits', async (_, turns, more) => {
  turns.expect(db);
  const quick = starting(turns, service('cache', 'redis', more));
  await quick.done;
  expect(quick.hasStarted).toBe(true);
});
