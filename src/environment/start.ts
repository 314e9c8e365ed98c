import { setTimeout as sleep } from 'node:timers/promises';
import { type PlannedService, PortsideError, timerMs } from '../model/index.js';
import type { Runtime } from '../runtime/index.js';
import type { Environment } from './environment.js';
import { notReadyError } from './failures.js';
import { type Launch, launch } from './launch.js';
import type { Leases } from './leases/leases.js';
import type { Supervisor } from './supervisor.js';

/** How long the services that wait for others let those be provided first, in milliseconds: pulling may take minutes. */
const headStartMs = 100;

/** What the start of the services works with. */
export interface StartContext {
  readonly environment: Environment;
  readonly runtime: Runtime;
  readonly supervisor: Supervisor;
  readonly leases: Leases;
  readonly hostEnvironment: Readonly<Record<string, string | undefined>>;
  /** Aborts when the environment is stopped in the middle of its start. */
  readonly stopping: AbortSignal;
  readonly now: () => number;
}

/**
 * Starts all services in parallel, each as soon as what it waits for is there (D6). The first failure ends the others; the
 * error that comes out names every service that failed of its own.
 */
export async function startServices(context: StartContext): Promise<void> {
  const { environment, runtime, stopping } = context;
  const { services, definition } = environment.plan;
  const limit = definition.settings.startTimeoutMs;
  const givenUp = new AbortController();
  const deadline = AbortSignal.timeout(timerMs(limit));
  const signal = AbortSignal.any([stopping, deadline, givenUp.signal]);
  const failures = new Set<unknown>();
  const late = new Map<PlannedService, unknown>();

  /** One entry for each cause: what failed only because the start was given up has the reason for that as its error. */
  const fail = (service: PlannedService, reason: unknown): void => {
    const error = deadline.aborted && !PortsideError.is(reason) ? tooLate(service, reason) : reason;
    environment.report(service.name, 'failed');
    if (isOptional(service, services)) return;
    failures.add(error);
    givenUp.abort(error);
  };

  /** All stages of a service come too late at once, for one cause; one that still waited for its turn is late because of others. */
  const tooLate = (service: PlannedService, reason: unknown): unknown => {
    if (!late.has(service)) {
      const step = environment.progress.find((progress) => progress.service === service.name);
      late.set(service, step?.phase === 'waiting' ? reason : notReadyError(environment, service, limit));
    }
    return late.get(service);
  };

  const started = services.filter(({ definition: { replicas } }) => replicas > 0);
  provideAll(started, { ...context, signal });
  try {
    await runtime.prepare(signal);
  } catch (error) {
    const [first] = services;
    throw first !== undefined && deadline.aborted ? notReadyError(environment, first, limit) : error;
  }
  const launches = new Map<string, Launch>();
  for (const service of started) launches.set(service.name, launch(service, { ...context, signal, launches }));
  await Promise.all(
    services.flatMap((service) =>
      Object.values(launches.get(service.name) ?? {}).map((stage) => stage.catch((error) => fail(service, error))),
    ),
  );
  stopping.throwIfAborted();
  if (failures.size > 0) throw summary([...failures]);
}

/** Begins with the services that wait for no other: what those that do are built of is read while the engine starts the first. */
function provideAll(
  services: readonly PlannedService[],
  context: StartContext & { readonly signal: AbortSignal },
): void {
  const isFirst = ({ dependsOn }: PlannedService): boolean => dependsOn.length === 0;
  const first = Promise.all(services.filter(isFirst).map((service) => provide(service, context)));
  void Promise.race([first, sleep(headStartMs, undefined, { ref: false })]).then(() => {
    for (const service of services) if (!isFirst(service)) void provide(service, context);
  });
}

/** Pulls and builds while networks are made and others start; a service that then still waits for its turn says so again. */
async function provide(
  service: PlannedService,
  context: StartContext & { readonly signal: AbortSignal },
): Promise<void> {
  const { environment, runtime, signal } = context;
  await runtime.provide(service, signal).catch(() => undefined);
  const step = environment.progress.find((progress) => progress.service === service.name);
  const isAhead = service.dependsOn.length > 0 && (step?.phase === 'pulling' || step?.phase === 'building');
  if (isAhead && !signal.aborted) environment.report(service.name, 'waiting');
}

/** A service that others only wish for may fail without the environment. */
function isOptional(service: PlannedService, services: readonly PlannedService[]): boolean {
  const edges = services.flatMap(({ dependsOn }) => dependsOn.filter((edge) => edge.service === service.name));
  return edges.length > 0 && edges.every((edge) => !edge.required);
}

function summary(failures: readonly unknown[]): unknown {
  const [first] = failures;
  const known = failures.filter((failure) => PortsideError.is(failure));
  const [only] = known;
  if (only === undefined || known.length === 1) return only ?? first;
  return new PortsideError(only.code, `Cannot start the environment: ${known.length} services failed.`, {
    errors: known,
  });
}
