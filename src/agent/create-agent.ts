import { shardName } from '../config/index.js';
import {
  createRuntime,
  Environment,
  environmentKey,
  fingerprint,
  keepSnapshots,
  planEnvironment,
  type Runtime,
  type RuntimeOptions,
  resolveDefinition,
  sweepRuntimes,
  withCredentials,
} from '../environment/index.js';
import { identifyProcess, PortsideError, packageVersion } from '../model/index.js';
import { createTelemetry } from '../telemetry/index.js';
import type { Agent, AgentOptions } from './agent.js';
import { announce } from './announce.js';
import { newInstance } from './instance.js';
import { agentPaths } from './paths.js';
import type { SpawnOrder } from './spawn.js';
import { untilUnderWay } from './under-way.js';

/** Makes the agent that an order asks for: where it must read the same files as its spawner, it checks that they say the same. */
export async function createAgent(
  order: SpawnOrder,
  { networksAhead, ...hooks }: Pick<AgentOptions, 'log' | 'onEnd'> & Required<Pick<RuntimeOptions, 'networksAhead'>>,
): Promise<Agent> {
  const { source, runtime, engine, key, stateFolder, instance } = order;
  const definition = order.definition ?? (await resolveDefinition(source));
  const version = packageVersion();
  const found = environmentKey(definition, runtime, version);
  if (found !== key) {
    throw new PortsideError('AGENT_FAILED', 'Cannot start the agent: the files changed while it was starting.', {
      hint: 'Run the command again.',
    });
  }
  const plan = withCredentials(planEnvironment(definition));
  const process = identifyProcess();
  const shard = shardName(source.environment);
  const { project, directory } = definition;
  const telemetry = createTelemetry(hooks.log);
  let started: Runtime | undefined;
  const environment = new Environment({
    info: { key, project, directory, runtime, agentPid: process.pid, warnings: plan.warnings },
    plan,
    now: Date.now,
    environment: source.environment,
    telemetry,
    log: hooks.log,
  });
  announce(environment, { source, stateFolder, telemetry });
  if (order.trace !== undefined) {
    const { traceEnvironment } = await import('./start-trace.js');
    traceEnvironment(environment, order.trace, hooks.log);
  }
  const makeRuntime = async (): Promise<Runtime> => {
    const made = await createRuntime(runtime, {
      plan,
      owner: { key, instance, process, ...(shard === undefined ? {} : { shard }) },
      stateFolder,
      telemetry,
      environment: source.environment,
      networksAhead,
      ...(engine === undefined ? {} : { foundEngine: engine }),
      ...(definition.settings.snapshots === false ? {} : { snapshots: { mode: 'use', now: Date.now } }),
      onProgress: (service, phase, detail) => environment.report(service, phase, detail),
    });
    started = made;
    return made;
  };
  const creating = makeRuntime();
  const starting = creating.then((made) => environment.start(made));
  // The engine works while this process loads its server; whatever fails is told to the first who joins.
  starting.catch(() => undefined);
  await creating.then(() => untilUnderWay(environment)).catch(() => undefined);
  const { Agent } = await import('./agent.js').catch(async (error: unknown) => {
    await environment.stop().catch(() => undefined);
    await starting.catch(() => undefined);
    throw error;
  });
  return new Agent({
    ...hooks,
    environment,
    telemetry,
    fingerprint: fingerprint(definition),
    paths: agentPaths(stateFolder, key),
    record: { key, instance, process, project, directory, runtime, version },
    // What a killed agent left is removed by the next one (D2), when no start or stop of its own has to share the machine with it.
    whenQuiet: async (signals) => {
      await sweepRuntimes({ stateFolder, environment: source.environment }).then(
        ({ removed }) =>
          removed.length > 0 && hooks.log('warn', 'Removed what a killed agent left behind', { removed }),
        (error: unknown) => hooks.log('warn', 'Cannot sweep', { err: error }),
      );
      const unkept = started?.unkept() ?? new Map();
      if (environment.state.state === 'failed' || unkept.size === 0) return;
      const places = { stateFolder, environment: source.environment };
      await keepSnapshots({ ...signals, ...places, plan, runtime, unkept, process, newInstance, now: Date.now }).then(
        (keys) => hooks.log('info', 'Kept prepared data for later starts', { keys }),
        (error: unknown) => hooks.log('warn', 'Cannot keep prepared data', { err: error }),
      );
    },
    starting,
  });
}
