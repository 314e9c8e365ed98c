import { afterEach, beforeEach } from 'node:test';

/**
 * Keeps the process while a test runs: clients of fixtures do not, so that one left open never keeps a run from ending, but Node's
 * runner takes a test that waits for nothing else as one that never ends.
 */
export function keepAliveDuringTests(): void {
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  beforeEach(() => {
    running++;
    timer ??= setInterval(() => {}, 60_000);
  });
  afterEach(() => {
    running--;
    if (running > 0) return;
    clearInterval(timer);
    timer = undefined;
  });
}
