import { type ProbeTarget, probe, type WaitOptions, waitUntilReady } from '../health/index.js';
import { isTimeout, type ReadinessCondition, timerMs } from '../model/index.js';
import type { RunningService, Runtime } from '../runtime/index.js';
import { unreadyError } from './failures.js';
import type { Supervisor } from './supervisor.js';
import { waitForLog } from './wait-for-log.js';

/** What waiting for a service works with. */
export interface ReadyContext {
  readonly runtime: Runtime;
  readonly supervisor: Supervisor;
  readonly signal: AbortSignal;
}

/**
 * Waits until every ready condition of the service holds, all at once. Errors: `SERVICE_NOT_READY` with the condition, the last
 * answer, the ports and the last log lines, when the signal aborts or the service's own health check has used up its retries.
 */
export async function waitForReadiness(running: RunningService, context: ReadyContext): Promise<void> {
  await Promise.all(running.service.readiness.map((condition) => waitForCondition(running, condition, context)));
}

async function waitForCondition(
  running: RunningService,
  condition: ReadinessCondition,
  context: ReadyContext,
): Promise<void> {
  const began = performance.now();
  const limit = patience(running, condition);
  const signal =
    limit === undefined ? context.signal : AbortSignal.any([context.signal, AbortSignal.timeout(timerMs(limit))]);
  let reason = 'none yet';
  try {
    if (condition.type === 'log') await waitForLog(context.runtime, running, condition, signal);
    else if (condition.type === 'engine') await context.supervisor.healthy(running, signal);
    else {
      const target = probeTarget(context.runtime, running);
      await waitUntilReady((attempt) => probe(condition, target, attempt), {
        signal,
        ...(condition.type === 'exec' ? pace(running) : {}),
        onAttempt: (result) => {
          if (!result.ok) reason = result.reason;
        },
      });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    // Only a deadline is the service's fault; when the start was given up for another reason, that reason counts.
    if (!isTimeout(signal.reason)) throw signal.reason;
    throw await unreadyError(context.runtime, running, describe(condition), reason, performance.now() - began);
  }
}

/** How a probe reaches the service. */
export function probeTarget(runtime: Runtime, running: RunningService): ProbeTarget {
  const { credentials } = running.service.definition;
  return {
    host: running.ports[0]?.host ?? '127.0.0.1',
    portOf: (target) => running.ports.find((port) => port.target === target)?.port,
    forwarded: runtime.addressing === 'network',
    ...(credentials === undefined ? {} : { credentials }),
    exec: (command, signal) => runtime.exec(running, command, signal),
  };
}

/** What Docker takes for a health check that says nothing else, or 0 (Dockerfile reference, HEALTHCHECK). */
const usual = { intervalMs: 30_000, timeoutMs: 30_000, retries: 3 } as const;

/** A command that runs inside the service has the time that the file gives it, and leaves the service as much for itself. */
function pace({ service }: RunningService): Pick<WaitOptions, 'attemptTimeoutMs' | 'restBetween'> {
  return { attemptTimeoutMs: service.definition.healthcheck?.timeoutMs || usual.timeoutMs, restBetween: true };
}

/** How long the service's own health check may fail: its start period and all its retries, as the engine would count. */
function patience(running: RunningService, condition: ReadinessCondition): number | undefined {
  const check = running.service.definition.healthcheck;
  if (condition.type !== 'exec' || check === undefined) return undefined;
  const intervalMs = check.intervalMs || usual.intervalMs;
  const timeoutMs = check.timeoutMs || usual.timeoutMs;
  return (check.startPeriodMs ?? 0) + (check.retries || usual.retries) * (intervalMs + timeoutMs);
}

function describe(condition: ReadinessCondition): string {
  switch (condition.type) {
    case 'exec':
      return `its health check (${condition.command.join(' ')})`;
    case 'http':
      return `its HTTP check (GET ${condition.path} on port ${condition.port})`;
    case 'log':
      return `its log line (/${condition.pattern}/ ${condition.count} times)`;
    case 'engine':
      return `its image's health check`;
    case 'kind':
      return `its ${condition.kind} check (port ${condition.port})`;
    default:
      return `its ${condition.type} check (port ${condition.port})`;
  }
}
