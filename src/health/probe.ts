import type { ReadinessCondition } from '../model/index.js';
import { probeExec } from './exec.js';
import { probeHttp } from './http.js';
import { probeKind } from './kind.js';
import { probePostgres } from './postgres.js';
import { probeRedis } from './redis.js';
import { notReady, type ProbeResult, type ProbeTarget } from './target.js';
import { probeTcp } from './tcp.js';

/**
 * Looks once, from outside, whether a condition holds. Never rejects except with the signal's reason; it sets no time limit of
 * its own, so give it a signal that does. A log line and the engine's own health check cannot be seen from outside.
 */
export async function probe(
  condition: ReadinessCondition,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<ProbeResult> {
  signal.throwIfAborted();
  switch (condition.type) {
    case 'exec':
      return probeExec(condition.command, target, signal);
    case 'log':
    case 'engine':
      return notReady('only the runtime that runs the service can tell');
    default:
      return probePort(condition, target, signal);
  }
}

type PortCondition = Extract<ReadinessCondition, { port: number }>;

async function probePort(condition: PortCondition, target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
  const port = target.portOf(condition.port);
  if (port === undefined) return notReady(`port ${condition.port} is not bound to the host`);
  switch (condition.type) {
    case 'tcp':
      return probeTcp({ host: target.host, port, forwarded: target.forwarded ?? false }, signal);
    case 'http':
      return probeHttp(target.host, port, condition, signal);
    case 'kind':
      return probeKind(condition.ready, { ...target.credentials, host: target.host, port }, signal);
    case 'postgres':
      return probePostgres(target.host, port, target.credentials ?? {}, signal);
    case 'redis':
      return probeRedis(target.host, port, target.credentials ?? {}, signal);
  }
}
