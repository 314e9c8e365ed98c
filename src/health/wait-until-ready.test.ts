import { expect, it } from 'vitest';
import { PortsideError } from '../model/index.js';
import { notReady, type ProbeResult, ready } from './target.js';
import { waitUntilReady } from './wait-until-ready.js';

const neverAborted = new AbortController().signal;

it('repeats the check until it passes and reports every attempt', async () => {
  const results = [notReady('connection refused'), notReady('HTTP 503'), ready];
  const seen: [ProbeResult, number][] = [];
  await waitUntilReady(async () => results.shift() ?? ready, {
    signal: neverAborted,
    initialIntervalMs: 1,
    onAttempt: (result, attempt) => seen.push([result, attempt]),
  });
  expect(seen).toEqual([
    [notReady('connection refused'), 1],
    [notReady('HTTP 503'), 2],
    [ready, 3],
  ]);
});

it('bounds an attempt that hangs and does not listen to its signal', async () => {
  let calls = 0;
  const reasons: ProbeResult[] = [];
  const check = () => (calls++ === 0 ? new Promise<ProbeResult>(() => {}) : Promise.resolve(ready));
  await waitUntilReady(check, { signal: neverAborted, attemptTimeoutMs: 20, onAttempt: (r) => reasons.push(r) });
  expect(reasons).toEqual([notReady('no answer within 20 ms'), ready]);
});

it('rests as long as an attempt took, where that is asked for', async () => {
  const times: number[] = [];
  const check = async (): Promise<ProbeResult> => {
    times.push(performance.now());
    await new Promise((resolve) => setTimeout(resolve, 60));
    return times.length < 3 ? notReady('no') : ready;
  };
  await waitUntilReady(check, { signal: neverAborted, initialIntervalMs: 1, restBetween: true });
  expect((times[2] as number) - (times[0] as number)).toBeGreaterThan(220);
});

it('takes a check that throws for one that found the service not ready', async () => {
  let calls = 0;
  const reasons: ProbeResult[] = [];
  const check = async () => {
    if (calls++ === 0) throw Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    return ready;
  };
  await waitUntilReady(check, { signal: neverAborted, onAttempt: (r) => reasons.push(r) });
  expect(reasons[0]).toEqual(notReady('connection refused'));
});

it('rejects with the reason of the signal, in a pause and in an attempt', async () => {
  const reason = new Error('deadline');
  const inPause = new AbortController();
  await expect(
    waitUntilReady(async () => notReady('no'), {
      signal: inPause.signal,
      initialIntervalMs: 60_000,
      maxIntervalMs: 60_000,
      onAttempt: () => setImmediate(() => inPause.abort(reason)),
    }),
  ).rejects.toBe(reason);
  const inAttempt = new AbortController();
  const hanging = waitUntilReady(() => new Promise(() => {}), { signal: inAttempt.signal });
  inAttempt.abort(reason);
  await expect(hanging).rejects.toBe(reason);
});

it('gives up when a check says that waiting is of no use', async () => {
  const missing = new PortsideError('CLIENT_MISSING', 'Cannot look: the client is not installed.');
  const check = () => Promise.reject(missing);
  await expect(waitUntilReady(check, { signal: neverAborted })).rejects.toBe(missing);
});
