import { computedEnvironment, type DependencyCondition, formatDuration, type PlannedService } from '../model/index.js';
import type { RunningService } from '../runtime/index.js';
import { exitError } from './failures.js';
import { reachableEndpoints } from './reachable.js';
import { settle } from './settle.js';
import type { StartContext } from './start.js';
import { untilReady } from './until-ready.js';

/** The stages of one service's start, each a promise that its dependents can wait for, by the condition that it fulfils. */
export type Launch = Readonly<Record<DependencyCondition, Promise<unknown>>>;

/** What a launch works with; the signal aborts when the start is given up, for whatever reason. */
export interface LaunchContext extends StartContext {
  readonly signal: AbortSignal;
  /** The launches of everything that comes before, by name. */
  readonly launches: ReadonlyMap<string, Launch>;
}

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
  const computed = computedEnvironment(service.definition, reachableEndpoints(environment, runtime));
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
  const { environment, runtime, supervisor, signal } = context;
  environment.report(service.name, 'probing');
  await Promise.all(replicas.map((running) => untilReady(running, { runtime, supervisor, signal })));
  await settle(service, context);
  for (const running of replicas) supervisor.setHealth(running, true);
  environment.report(service.name, 'ready', `in ${formatDuration(context.now() - began)}`);
}

async function complete(
  service: PlannedService,
  replicas: readonly RunningService[],
  { environment, runtime, leases, signal }: LaunchContext,
): Promise<void> {
  for (const running of replicas) {
    const exit = await runtime.exit(running, signal);
    if (exit.exitCode !== 0) throw await exitError(runtime, running, exit);
  }
  await leases.serviceCompleted(service.name, signal);
  environment.report(service.name, 'completed');
}
