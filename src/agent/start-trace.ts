import { writeFileSync } from 'node:fs';
import type { Environment } from '../environment/index.js';
import type { ServicePhase } from '../model/index.js';
import { chromeTrace, type Stretch, watchRequests } from '../telemetry/index.js';
import type { AgentOptions } from './agent.js';

/** Where a trace is written, and what happened before the agent was there. */
export interface TraceOrder {
  /** Absolute path. */
  readonly file: string;
  readonly before: readonly Stretch[];
}

/** Phases in which nothing is done to a service. */
const restful: readonly ServicePhase[] = ['ready', 'completed', 'failed', 'stopped'];

/**
 * Records every phase of the services and every request to the engine, and writes them as a trace for Chrome when the environment
 * is ready, when it has failed, and once more when it has stopped.
 */
export function traceEnvironment(
  environment: Environment,
  { file, before }: TraceOrder,
  log: AgentOptions['log'],
): void {
  const stretches: Stretch[] = [...before];
  const open = new Map<string, { readonly phase: ServicePhase; readonly from: number; readonly detail?: string }>();
  const now = () => performance.timeOrigin + performance.now();
  const loaded = now();
  stretches.push({ row: 'portside', name: 'load the agent', from: performance.timeOrigin, to: loaded });
  const close = (service: string): void => {
    const found = open.get(service);
    if (found === undefined) return;
    const { phase, from, detail } = found;
    if (!restful.includes(phase)) {
      stretches.push({
        row: service,
        name: phase,
        from,
        to: now(),
        ...(detail === undefined ? {} : { details: { detail } }),
      });
    }
    open.delete(service);
  };
  const unwatch = watchRequests(({ method, path, from, to, status }) => {
    const details = status === undefined ? {} : { details: { status } };
    stretches.push({ row: 'requests', name: `${method} ${path}`, from, to, ...details });
  });
  const write = (): void => {
    try {
      writeFileSync(file, JSON.stringify(chromeTrace(stretches)));
    } catch (err) {
      log('warn', 'Cannot write the trace', { err });
    }
  };
  let since = loaded;
  environment.subscribe((frame) => {
    if (frame.type === 'progress') {
      const { service, phase, detail } = frame.progress;
      close(service);
      open.set(service, { phase, from: now(), ...(detail === undefined ? {} : { detail }) });
    } else if (frame.type === 'state') {
      const { state } = frame.state;
      if (state === 'ready' || state === 'failed' || state === 'stopped') {
        const name = state === 'stopped' ? 'stop' : 'start';
        stretches.push({ row: 'portside', name, from: since, to: now() });
        write();
        if (state === 'stopped') unwatch();
      }
      since = now();
    }
  });
  // What happened before anybody could listen.
  for (const { service, phase } of environment.progress) open.set(service, { phase, from: loaded });
}
