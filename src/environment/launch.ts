import { type DependencyCondition, formatDuration, type PlannedService } from '../model/index.js';
import type { RunningService } from '../runtime/index.js';
import { exitError } from './failures.js';
import { reachableEndpoints } from './reachable.js';
import { waitForReadiness } from './ready.js';
import type { StartContext } from './start.js';

/** The stages of one service's start, each a promise that its dependents can wait for, by the condition that it fulfils. */
export type Launch = Readonly<Record<DependencyCondition, Promise<unknown>>>;

/** What a launch works with; the signal aborts when the start is given up, for whatever reason. */
export interface LaunchContext extends StartContext {
  readonly signal: AbortSignal;
  /** The launches of everything that comes before, by name. */
  readonly launches: ReadonlyMap<string, Launch>;
}

/** How long a program that has no ready condition must stay up to count as started. */
const settleMs = 250;

/** Begins the start of one service: it waits for its dependencies, starts its replicas, and waits until they are ready. */
export function launch(service: PlannedService, context: LaunchContext): Launch {
  let began = 0;
  const started = dependencies(service, context).then(() => {
    began = context.now();
    return startReplicas(service, context);
  });
  // A service that others wait to see completed is ready when it has done its work.
  const completed = isAwaitedToComplete(service, context)
    ? started.then((replicas) => complete(service, replicas, context))
    : started;
  const healthy =
    completed === started ? started.then((replicas) => becomeHealthy(service, replicas, began, context)) : completed;
  return { service_started: started, service_healthy: healthy, service_completed_successfully: completed };
}

function isAwaitedToComplete(service: PlannedService, { environment }: LaunchContext): boolean {
  const edges = environment.plan.services.flatMap((other) => other.dependsOn);
  return edges.some((edge) => edge.service === service.name && edge.condition === 'service_completed_successfully');
}

async function dependencies(service: PlannedService, { launches, signal }: LaunchContext): Promise<void> {
  await Promise.all(
    service.dependsOn.map(({ service: name, condition, required }) => {
      const stage = launches.get(name)?.[condition];
      return required ? stage : stage?.catch(() => undefined);
    }),
  );
  signal.throwIfAborted();
}

async function startReplicas(service: PlannedService, context: LaunchContext): Promise<readonly RunningService[]> {
  const { environment, runtime, supervisor, signal } = context;
  environment.report(service.name, 'creating');
  const computed = service.definition.environmentFrom?.(reachableEndpoints(environment, runtime)) ?? {};
  const numbers = Array.from({ length: service.definition.replicas }, (_, index) => index + 1);
  const replicas = await Promise.all(numbers.map((replica) => runtime.start(service, replica, computed, signal)));
  for (const running of replicas) supervisor.add(running);
  return replicas;
}

async function becomeHealthy(
  service: PlannedService,
  replicas: readonly RunningService[],
  began: number,
  context: LaunchContext,
): Promise<void> {
  context.environment.report(service.name, 'probing');
  await Promise.all(replicas.map((running) => becomeReady(running, context)));
  context.environment.report(service.name, 'ready', `in ${formatDuration(context.now() - began)}`);
}

/** Waits for the ready conditions; a program that ends meanwhile fails at once. */
async function becomeReady(running: RunningService, { runtime, supervisor, signal }: LaunchContext): Promise<void> {
  const decided = new AbortController();
  const both = AbortSignal.any([signal, decided.signal]);
  const ended = unlessAborted(runtime.exit(running, both), both).then(async (exit) => {
    const isDone = running.service.definition.kind === 'worker' && exit.exitCode === 0;
    if (!isDone) throw await exitError(runtime, running, exit);
  });
  const ready =
    running.service.readiness.length === 0
      ? new Promise((resolve) => setTimeout(resolve, settleMs).unref())
      : waitForReadiness(running, { runtime, supervisor, signal: both });
  try {
    await Promise.race([ready, ended]);
  } finally {
    decided.abort();
    ended.catch(() => undefined);
    ready.catch(() => undefined);
  }
  supervisor.setHealth(running, true);
}

async function complete(
  service: PlannedService,
  replicas: readonly RunningService[],
  { environment, runtime, signal }: LaunchContext,
): Promise<void> {
  for (const running of replicas) {
    const exit = await runtime.exit(running, signal);
    if (exit.exitCode !== 0) throw await exitError(runtime, running, exit);
  }
  environment.report(service.name, 'completed');
}

/** Leaves an aborted wait undecided: whoever races it reports the abort, with more to say. */
function unlessAborted<Value>(wait: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return wait.catch((error: unknown) => {
    if (signal.aborted) return new Promise<Value>(() => {});
    throw error;
  });
}
