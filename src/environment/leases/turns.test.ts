import { expect, test } from 'vitest';
import { Turns } from './turns.js';

const never = new AbortController().signal;

test('lets as many go on as the limit says, then one for each that ends, in the order in which they came', async () => {
  const turns = new Turns(2);
  const order: string[] = [];
  const enter = (name: string) => turns.take(never).then((end) => [order.push(name), end] as const);
  const [[, endA], [, endB]] = await Promise.all([enter('a'), enter('b')]);
  const rest = [enter('c'), enter('d')];
  await new Promise(setImmediate);
  expect([order, turns.waiting]).toEqual([['a', 'b'], 2]);
  endA();
  endA();
  await rest[0];
  expect([order, turns.waiting]).toEqual([['a', 'b', 'c'], 1]);
  endB();
  await rest[1];
  expect([order, turns.isFree]).toEqual([['a', 'b', 'c', 'd'], false]);
});

test('forgets who gave up, and tells the reason', async () => {
  const turns = new Turns(1);
  const end = await turns.take(never);
  const reason = new Error('too late');
  const gaveUp = new AbortController();
  const waiting = turns.take(gaveUp.signal);
  gaveUp.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(turns.take(gaveUp.signal)).rejects.toBe(reason);
  end();
  expect([turns.waiting, turns.isFree]).toEqual([0, true]);
});
