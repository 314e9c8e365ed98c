import { Environment } from '../../src/environment/environment.js';
import { planEnvironment } from '../../src/environment/plan.js';
import {
  defaultLeaseSettings,
  type EnvironmentDefinition,
  type LogLine,
  PortsideError,
  type ServiceDefinition,
} from '../../src/model/index.js';
import type { ExitInfo, RunningService, Runtime, RuntimeEvent } from '../../src/runtime/index.js';

/** What a runtime does that fails on demand: the real ones do so only by chance. Whatever is not given succeeds. */
export interface Script {
  readonly prepare?: (signal: AbortSignal) => Promise<void>;
  readonly start?: (name: string, signal: AbortSignal) => Promise<void>;
  readonly stop?: () => Promise<void>;
  /** How every program ends, at once; absent: none does. */
  readonly exit?: ExitInfo;
  readonly logs?: readonly string[] | Error;
  readonly exec?: () => Promise<{ exitCode: number; output: string }>;
  /** Host ports by target port. */
  readonly ports?: Readonly<Record<number, number>>;
}

/** A worker service; fields are replaced by those given. */
export function worker(name: string, more: Partial<ServiceDefinition> = {}): ServiceDefinition {
  const none = { ports: [], dependsOn: [], mounts: [], secrets: [], configs: [], networks: [], aliases: [] };
  return { name, kind: 'worker', environment: {}, labels: {}, replicas: 1, container: {}, ...none, ...more };
}

/** An environment of these services on a runtime that does what the script says. */
export function scriptedEnvironment(
  services: readonly ServiceDefinition[],
  script: Script = {},
  settings: Partial<EnvironmentDefinition['settings']> = {},
) {
  const definition: EnvironmentDefinition = {
    ...{ project: 'shop', directory: '/shop', files: ['/shop/compose.yaml'], services, warnings: [] },
    ...{ networks: {}, volumes: {}, secrets: {}, configs: {} },
    settings: {
      ...{ runtime: 'embedded', ports: 'dynamic', keepWarmMs: 0, startTimeoutMs: 20_000 },
      leases: defaultLeaseSettings,
      ...settings,
    },
  };
  const listeners = new Set<(event: RuntimeEvent) => void>();
  const running: RunningService[] = [];
  let stops = 0;
  const runtime: Runtime = {
    name: 'embedded',
    addressing: 'host',
    prepare: async (signal) => script.prepare?.(signal),
    provide: async () => {},
    start: async (service, replica, _environment, signal) => {
      await script.start?.(service.name, signal);
      const ports = service.ports.map(({ target, protocol }) => ({
        ...{ target, protocol, host: '127.0.0.1', port: script.ports?.[target] ?? target },
      }));
      const started = { service, replica, id: `pid:${running.length + 1}`, ports };
      running.push(started);
      return started;
    },
    snapshotOf: () => undefined,
    unkept: () => new Map(),
    keep: async () => {},
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: async (_, signal) =>
      script.exit ?? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    exec: async () => script.exec?.() ?? { exitCode: 0, output: '' },
    logs: () => linesOf(script.logs ?? []),
    remove: async () => {},
    stop: async () => {
      stops += 1;
      await script.stop?.();
    },
  };
  const environment = new Environment({
    plan: planEnvironment(definition),
    info: { key: 'k', project: 'shop', directory: '/shop', runtime: 'embedded', agentPid: null, warnings: [] },
    now: Date.now,
  });
  return {
    environment,
    runtime,
    running,
    stops: () => stops,
    emit: (event: RuntimeEvent) => {
      for (const listener of listeners) listener(event);
    },
    start: () => environment.start(runtime),
    /** The error that the start fails with. */
    failure: async (): Promise<PortsideError> => {
      const error = await environment.start(runtime).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (PortsideError.is(error)) return error;
      throw new Error('the start was expected to fail with an error of portside', { cause: error });
    },
  };
}

async function* linesOf(logs: readonly string[] | Error): AsyncIterable<LogLine> {
  if (logs instanceof Error) throw logs;
  for (const text of logs) yield { service: 'a', replica: 1, stream: 'stdout', text } as LogLine;
}
