import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { Closing } from './closing.js';
import { Deadlines } from './deadlines.js';

const wait = { timeout: 10_000, interval: 5 };

test('who begins at the same moment with the same time shares a signal; who has more time or comes later has another', async () => {
  const deadlines = new Deadlines(new Closing());
  const end = vi.fn();
  const first = deadlines.join(60_000, vi.fn());
  expect(deadlines.join(60_000, end)).toBe(first);
  const longer = deadlines.join(70_000, end);
  expect(longer).not.toBe(first);
  await turn();
  const later = deadlines.join(60_000, end);
  expect(later).not.toBe(first);
  for (const deadline of [first, longer, later]) deadline.leave(end);
  expect([first.over, longer.over, later.over]).toEqual([false, true, true]);
});

test('when the time is over everybody who still waits is told, and the signal aborts', async () => {
  const deadlines = new Deadlines(new Closing());
  const [stays, leaves] = [vi.fn(), vi.fn()];
  const deadline = deadlines.join(20, stays);
  const { signal } = deadline;
  deadlines.join(20, leaves).leave(leaves);
  await expect.poll(() => stays.mock.calls, wait).toEqual([[undefined]]);
  expect(leaves).not.toHaveBeenCalled();
  expect(signal.reason).toMatchObject({ message: 'no answer in 20 ms' });
});

test('what is closed ends at once with the reason', () => {
  const closing = new Closing();
  const deadlines = new Deadlines(closing);
  const end = vi.fn();
  const { signal } = deadlines.join(60_000, end);
  const reason = new Error('closed');
  closing.close(reason);
  expect(end.mock.calls).toEqual([[reason]]);
  expect(signal.reason).toBe(reason);
});

test('after the last one has left, nothing is told, and the next one begins anew', () => {
  const closing = new Closing();
  const deadlines = new Deadlines(closing);
  const end = vi.fn();
  const first = deadlines.join(60_000, end);
  first.leave(end);
  first.leave(end);
  const second = deadlines.join(60_000, vi.fn());
  expect(second).not.toBe(first);
  closing.close(new Error('closed'));
  expect(end).not.toHaveBeenCalled();
  expect(first.signal.aborted).toBe(false);
  expect(second.signal.aborted).toBe(true);
});

test.each([Number.POSITIVE_INFINITY, 2 ** 31])('a time of %d ms is not over at once', async (ms) => {
  const end = vi.fn();
  const deadline = new Deadlines(new Closing()).join(ms, end);
  await sleep(30);
  expect(deadline.over).toBe(false);
  deadline.leave(end);
});
