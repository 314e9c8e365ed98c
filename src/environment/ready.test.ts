import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { HealthcheckDefinition } from '../model/index.js';
import type { RunningService, Runtime } from '../runtime/index.js';
import { type ReadyContext, waitForReadiness } from './ready.js';

/** Waits for a service whose check of its own takes 30 ms and then passes. */
function waitFor(healthcheck: HealthcheckDefinition): Promise<void> {
  const service = { name: 'db', readiness: [{ type: 'exec', command: ['ask'] }], definition: { healthcheck } };
  const exec: Runtime['exec'] = async () => {
    await sleep(30);
    return { exitCode: 0, output: '' };
  };
  const context = { runtime: { exec }, signal: new AbortController().signal } as unknown as ReadyContext;
  return waitForReadiness({ service, ports: [] } as unknown as RunningService, context);
}

test.each<[string, HealthcheckDefinition]>([
  ['of fractions', { intervalMs: 2.05 * 60_000, timeoutMs: 4.1 * 60_000, retries: 1 }],
  ['longer than timers wait', { intervalMs: 1000, timeoutMs: 2 ** 31, retries: 100 }],
  ['of nothing, which Docker takes for its own', { intervalMs: 0, timeoutMs: 0, retries: 0 }],
])('a health check has the time that the file gives it, also one %s', async (_, healthcheck) => {
  await expect(waitFor(healthcheck)).resolves.toBeUndefined();
});
