import type { ReadinessCondition } from '../model/index.js';
import type { RunningService, Runtime } from '../runtime/index.js';

/** Waits until the service has printed the pattern as often as asked. Rejects with the signal's reason when it aborts. */
export async function waitForLog(
  runtime: Runtime,
  running: RunningService,
  condition: Extract<ReadinessCondition, { type: 'log' }>,
  signal: AbortSignal,
): Promise<void> {
  const pattern = new RegExp(condition.pattern);
  let seen = 0;
  for await (const line of runtime.logs(running, { follow: true, signal })) {
    if (pattern.test(line.text)) seen += 1;
    if (seen >= condition.count) return;
  }
  signal.throwIfAborted();
  // The log ended before the line came: the program has ended, and whoever waits for its exit reports that.
  await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}
