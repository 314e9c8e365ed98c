import { expect, it } from 'vitest';
import type { Session } from './session.js';
import { SessionPool } from './session-pool.js';

/** Stands for a session with a server: what the pool asks of one. Real ones are used in the integration tests. */
function fakes() {
  const opened: { wasDead: boolean; closed: boolean }[] = [];
  const open = async () => {
    const state = { wasDead: false, closed: false };
    opened.push(state);
    const close = () => {
      state.closed = true;
    };
    return Object.assign(Object.create(state), { lend: () => {}, close }) as Session;
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

it('runs the body again with another session where one had ended unused, and keeps none in which something failed', async () => {
  const { opened, open } = fakes();
  const pool = new SessionPool(1, open);
  await pool.use(async () => undefined);
  let runs = 0;
  await pool.use(async () => {
    runs += 1;
    const [first] = opened;
    if (first === undefined || opened.length > 1) return;
    first.wasDead = true;
    throw new Error('connection closed');
  });
  expect(runs).toBe(2);
  expect(opened).toEqual([
    { wasDead: true, closed: true },
    { wasDead: false, closed: false },
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
  expect(opened).toEqual([{ wasDead: false, closed: true }]);
});
