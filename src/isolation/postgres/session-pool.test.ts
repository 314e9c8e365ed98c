import { expect, it } from 'vitest';
import type { Session } from './session.js';
import { SessionPool } from './session-pool.js';

/** Stands for a session with a server: what the pool asks of one. Real ones are used in the integration tests. */
function fakes() {
  const opened: { answering: boolean; closed: boolean }[] = [];
  const open = async () => {
    const state = { answering: true, closed: false };
    opened.push(state);
    const close = () => {
      state.closed = true;
    };
    return { answers: async () => state.answering, close } as Session;
  };
  return { opened, open };
}

it('lends no more sessions at a time than its limit, in the order of the calls', async () => {
  const { opened, open } = fakes();
  const pool = new SessionPool(2, open);
  const order: number[] = [];
  let busy = 0;
  let most = 0;
  const work = [1, 2, 3, 4, 5].map((number) =>
    pool.use(async () => {
      order.push(number);
      busy += 1;
      most = Math.max(most, busy);
      await new Promise((resolve) => setImmediate(resolve));
      busy -= 1;
    }),
  );
  await Promise.all(work);
  expect({ order, most, opened: opened.length }).toEqual({ order: [1, 2, 3, 4, 5], most: 2, opened: 2 });
});

it('opens another session in the place of one that has ended or in which something failed', async () => {
  const { opened, open } = fakes();
  const pool = new SessionPool(1, open);
  await pool.use(async () => {
    for (const state of opened) state.answering = false;
  });
  await pool.use(async () => undefined);
  expect(opened).toEqual([
    { answering: false, closed: true },
    { answering: true, closed: false },
  ]);
  await expect(pool.use(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(opened[1]?.closed).toBe(true);
  await pool.use(async () => undefined);
  expect(opened).toHaveLength(3);
});

it('goes on when a session cannot be opened, and closes those that come back after its end', async () => {
  const { opened, open } = fakes();
  let refusals = 1;
  const pool = new SessionPool(1, () => (refusals-- > 0 ? Promise.reject(new Error('down')) : open()));
  await expect(pool.use(async () => undefined)).rejects.toThrow('down');
  await pool.use(async () => pool.close());
  expect(opened).toEqual([{ answering: true, closed: true }]);
});
