import type { IsolationHost, StartedCopy } from '../../isolation/index.js';
import { type Endpoint, type EventLog, endpointOfKind, type PlannedService, PortsideError } from '../../model/index.js';
import type { RunningService, Runtime } from '../../runtime/index.js';
import { makeEndpoint } from '../endpoint.js';
import type { Environment } from '../environment.js';
import { reachableEndpoints } from '../reachable.js';
import { waitForReadiness } from '../ready.js';
import type { Supervisor } from '../supervisor.js';
import { untilReady } from '../until-ready.js';

/** What a host gives its isolator access to. */
export interface HostOptions {
  readonly environment: Environment;
  readonly runtime: Runtime;
  readonly supervisor: Supervisor;
  readonly now: () => number;
  readonly log: EventLog;
}

/** Makes what the isolator of one service may ask of its environment. */
export function isolationHost(service: PlannedService, options: HostOptions): IsolationHost {
  const { environment, runtime, log } = options;
  return {
    service,
    services: environment.plan.services,
    addressing: runtime.addressing,
    endpoint: () => newestEndpoint(environment, service.name),
    inner: () => reachableEndpoints(environment, runtime),
    startCopy: (planned, variables, signal) => startCopy(planned, variables, signal, options),
    log,
  };
}

function newestEndpoint({ registry }: Environment, name: string): Endpoint {
  const [endpoint] = registry.lookup(name);
  if (endpoint !== undefined) return endpoint;
  throw new PortsideError('LEASE_FAILED', `Cannot lease '${name}': the service is down.`, {
    hint: `See why: portside logs ${name}.`,
    service: name,
  });
}

async function startCopy(
  planned: PlannedService,
  variables: Readonly<Record<string, string>>,
  signal: AbortSignal,
  { environment, runtime, supervisor, now }: HostOptions,
): Promise<StartedCopy> {
  const running = await runtime.start(planned, 1, variables, signal);
  const ended = new AbortController();
  const removed = new AbortController();
  const lost = new PortsideError('LEASE_FAILED', `Cannot use '${planned.name}' any more: its program has ended.`, {
    hint: 'It ended by itself, or was killed (memory?); a new lease starts another. On Docker its exit is in `docker events`.',
  });
  runtime.exit(running, removed.signal).then(
    () => ended.abort(lost),
    () => undefined,
  );
  const remove = once(async () => {
    removed.abort();
    ended.abort(lost);
    await runtime.remove(running);
  });
  try {
    await untilReady(running, { runtime, supervisor, signal });
    const endpointAt = (at: RunningService['ports']): Endpoint => {
      const named = { ...planned, definition: { ...planned.definition, name: planned.copy?.of ?? planned.name } };
      const id = `${environment.info.key}/${planned.name}`;
      const endpoint = makeEndpoint(named, { id, ports: at, status: 'healthy', registeredAt: now(), now: now() });
      return endpoint ?? nowhere(id, named.definition.name, now());
    };
    const { ports } = running;
    const inside = ports.map((port) => ({ ...port, host: planned.name, port: port.target }));
    return {
      name: planned.name,
      ports,
      endpoint: endpointAt(ports),
      inner: endpointAt(runtime.addressing === 'host' ? ports : inside),
      exec: (command, during) => runtime.exec(running, command, during),
      ...(runtime.restart === undefined
        ? {}
        : {
            restart: async (files, during) => {
              await runtime.restart?.(running, files, during);
              await waitForReadiness(running, { runtime, supervisor, signal: during });
            },
          }),
      ended: ended.signal,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The endpoint of a program that listens on nothing: port 0. */
function nowhere(id: string, name: string, now: number): Endpoint {
  const times = { registeredAt: now, lastHeartbeat: now };
  const base = { id, name, host: '127.0.0.1', port: 0, ports: [], metadata: {}, status: 'healthy' as const, ...times };
  return endpointOfKind('tcp', base, { protocol: 'none' });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
