import { row } from './row.mjs';

/** The table of the requirements (H226 to H230): p50 and p99 in ms, operations a second. */
export const documented = {
  allocation: { id: 'H226', p50: 1, p99: 5, rate: 10_000 },
  lookup: { id: 'H227', p50: 10, p99: 50, rate: 5000 },
  broadcast: { id: 'H228', p50: 5, p99: 20, rate: 1000 },
  cached: { id: 'H229', p50: 1, p99: 5, rate: 50_000 },
  uncached: { id: 'H230', p50: 50, p99: 200, rate: 1000 },
};

/** The p99 is to be below the p50 that the requirements name. */
export function p99Row(id, what, { p99 }, beside) {
  return row({
    id: `${id}.p99`,
    what: `${what}: p99`,
    value: p99,
    unit: 'ms',
    against: documents(beside),
    limit: beside.p50,
  });
}

/** Says what the table of the requirements says, for a row's `against`. */
export function documents({ id, p50, p99, rate }) {
  return `${id}: p50 ${p50} ms, p99 ${p99} ms, ${rate} /s`;
}
