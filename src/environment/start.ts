import { type PlannedService, PortsideError } from '../model/index.js';
import type { RunningService, Runtime } from '../runtime/index.js';
import type { Environment } from './environment.js';
import { exitError, notReadyError } from './failures.js';
import { reachableEndpoints } from './reachable.js';
import { waitForReadiness } from './ready.js';
import type { Supervisor } from './supervisor.js';

/** What the start of the services works with. */
export interface StartContext {
  readonly environment: Environment;
  readonly runtime: Runtime;
  readonly supervisor: Supervisor;
  /** Aborts when the environment is stopped in the middle of its start. */
  readonly stopping: AbortSignal;
  readonly now: () => number;
}

/** The stages of one service's start, each a promise that its dependents can wait for. */
interface Launch {
  readonly started: Promise<readonly RunningService[]>;
  readonly healthy: Promise<void>;
  readonly completed: Promise<void>;
}

/** How long a program that has no ready condition must stay up to count as started. */
const settleMs = 250;

/**
 * Starts all services in parallel, each as soon as what it waits for is there (D6). The first failure ends the others; the
 * error that comes out names every service that failed of its own.
 */
export async function startServices(context: StartContext): Promise<void> {
  const { environment, runtime } = context;
  const { plan } = environment;
  const limit = plan.definition.settings.startTimeoutMs;
  const failed = new AbortController();
  const deadline = AbortSignal.timeout(limit);
  const signal = AbortSignal.any([context.stopping, deadline, failed.signal]);
  const launches = new Map<string, Launch>();
  const failures = new Set<PortsideError>();
  await runtime.prepare(signal);

  const launch = (service: PlannedService): Launch => {
    const oneShot = plan.services.some(({ dependsOn }) =>
      dependsOn.some((d) => d.service === service.name && d.condition === 'service_completed_successfully'),
    );
    const started = dependencies(service).then(() => startReplicas(service));
    const completed = started.then((replicas) => (oneShot ? complete(service, replicas) : undefined));
    const healthy = started.then((replicas) => (oneShot ? completed : becomeHealthy(service, replicas)));
    return { started, completed, healthy };
  };

  const dependencies = async (service: PlannedService): Promise<void> => {
    await Promise.all(
      service.dependsOn.map(async ({ service: name, condition, required }) => {
        const dependency = launches.get(name);
        if (dependency === undefined) return;
        const stage = {
          service_started: 'started',
          service_healthy: 'healthy',
          service_completed_successfully: 'completed',
        } as const;
        if (required) await dependency[stage[condition]];
        else await dependency[stage[condition]].catch(() => undefined);
      }),
    );
    signal.throwIfAborted();
  };

  const startReplicas = async (service: PlannedService): Promise<readonly RunningService[]> => {
    environment.report(service.name, 'creating');
    const computed = service.definition.environmentFrom?.(reachableEndpoints(environment, runtime)) ?? {};
    const numbers = Array.from({ length: service.definition.replicas }, (_, index) => index + 1);
    const replicas = await Promise.all(numbers.map((replica) => runtime.start(service, replica, computed, signal)));
    for (const running of replicas) context.supervisor.add(running);
    return replicas;
  };

  const becomeHealthy = async (service: PlannedService, replicas: readonly RunningService[]): Promise<void> => {
    environment.report(service.name, 'probing');
    const began = context.now();
    await Promise.all(
      replicas.map(async (running) => {
        const ready = new AbortController();
        const both = AbortSignal.any([signal, ready.signal]);
        const exits = unlessAborted(runtime.exit(running, both), both).then(async (exit) => {
          if (service.definition.kind !== 'worker' || exit.exitCode !== 0)
            throw await exitError(runtime, running, exit);
        });
        const settled =
          service.readiness.length === 0
            ? new Promise((resolve) => setTimeout(resolve, settleMs).unref())
            : waitForReadiness(running, { runtime, supervisor: context.supervisor, signal: both });
        try {
          await Promise.race([settled, exits]);
        } finally {
          ready.abort();
          exits.catch(() => undefined);
        }
        context.supervisor.setHealth(running, true);
      }),
    );
    environment.report(service.name, 'ready', `in ${Math.round(context.now() - began)} ms`);
  };

  const complete = async (service: PlannedService, replicas: readonly RunningService[]): Promise<void> => {
    for (const running of replicas) {
      const exit = await runtime.exit(running, signal);
      if (exit.exitCode !== 0) throw await exitError(runtime, running, exit);
    }
    environment.report(service.name, 'completed');
  };

  /** A service that others only wish for may fail without the environment. */
  const isOptional = (service: PlannedService): boolean => {
    const edges = plan.services.flatMap((other) => other.dependsOn.filter((d) => d.service === service.name));
    return edges.length > 0 && edges.every((edge) => !edge.required);
  };

  const outcome = async (service: PlannedService, stages: Launch): Promise<void> => {
    const results = await Promise.allSettled([stages.started, stages.healthy, stages.completed].map(failFast(service)));
    for (const result of results) if (result.status === 'rejected') environment.report(service.name, 'failed');
  };

  const failFast = (service: PlannedService) => (stage: Promise<unknown>) =>
    stage.catch((reason: unknown) => {
      const error = deadline.aborted && !PortsideError.is(reason) ? notReadyError(environment, service, limit) : reason;
      if (isOptional(service)) throw error;
      if (PortsideError.is(error) && !failed.signal.aborted) failures.add(error);
      failed.abort(error);
      throw error;
    });

  for (const service of plan.services) {
    if (service.definition.replicas > 0) launches.set(service.name, launch(service));
  }
  await Promise.all(
    plan.services.map((s) => (launches.has(s.name) ? outcome(s, launches.get(s.name) as Launch) : undefined)),
  );
  context.stopping.throwIfAborted();
  if (failed.signal.aborted) throw summary([...failures], failed.signal.reason);
}

/** Leaves an aborted wait undecided: whoever races it reports the abort, with more to say. */
function unlessAborted<Value>(wait: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return wait.catch((error: unknown) => {
    if (signal.aborted) return new Promise<Value>(() => {});
    throw error;
  });
}

function summary(failures: readonly PortsideError[], first: unknown): unknown {
  const [only] = failures;
  if (only === undefined) return first;
  if (failures.length === 1) return only;
  return new PortsideError(only.code, `Cannot start the environment: ${failures.length} services failed.`, {
    errors: failures,
  });
}
