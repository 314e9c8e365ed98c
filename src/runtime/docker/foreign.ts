import { setTimeout as sleep } from 'node:timers/promises';
import type { ForeignContainer, PlannedService } from '../../model/index.js';
import type { RunningService } from '../runtime.js';
import { announce } from './announce.js';
import type { DockerContext } from './context.js';
import { endpointsOf } from './endpoints.js';
import { eraseContainer } from './erase.js';
import { prepareForeignEnvironment } from './foreign-environment.js';
import { label, serviceLabels } from './labels.js';
import { removeContainer } from './remove.js';
import { renewRecord } from './renew.js';
import { startFailed } from './start-failed.js';

/** What most Testcontainers modules offer besides `start`. */
interface Adaptable extends ForeignContainer {
  withLabels?(labels: Record<string, string>): unknown;
  withEnvironment?(environment: Record<string, string>): unknown;
}

/**
 * Starts a service that a Testcontainers module runs. The module creates, starts and awaits its container; portside labels it,
 * joins it to the service's networks under the service's name, and removes it.
 */
export async function startForeign(
  context: DockerContext,
  service: PlannedService,
  make: () => ForeignContainer | Promise<ForeignContainer>,
  replica: number,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<RunningService> {
  const { client } = context.engine;
  prepareForeignEnvironment(context.engine);
  if (service.copy === undefined) context.onProgress(service.name, 'starting');
  const labels = { ...service.definition.labels, ...context.labels, ...serviceLabels(service, replica) };
  try {
    signal.throwIfAborted();
    const module: Adaptable = await make();
    module.withLabels?.(labels);
    const values = { ...service.definition.environment, ...environment };
    if (Object.keys(values).length > 0) module.withEnvironment?.(values);
    const starting = module.start();
    const started = await whileWatched(context, service, replica, starting, signal);
    signal.throwIfAborted();
    const info = await client.getContainer(started.getId()).inspect();
    const name = info.Name.replace(/^\//, '');
    const record = context.records.add({ id: info.Id, name, service, replica, removing: false });
    try {
      for (const [network, EndpointConfig] of endpointsOf(context, service)) {
        await client.getNetwork(network).connect({ Container: info.Id, EndpointConfig });
      }
      renewRecord(context, record, info);
      signal.throwIfAborted();
    } catch (error) {
      await removeContainer(context, record);
      throw error;
    }
    return announce(context, record);
  } catch (error) {
    throw await startFailed(context, { service }, error, signal);
  } finally {
    if (signal.aborted) await eraseLabelled(context, service, replica);
  }
}

/** A module's start cannot be called off: once the signal aborts, its container is removed from under it until it gives up. */
async function whileWatched<T>(
  context: DockerContext,
  service: PlannedService,
  replica: number,
  starting: Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let settled = false;
  const watch = async () => {
    while (!settled) {
      if (signal.aborted) await eraseLabelled(context, service, replica);
      await sleep(100);
    }
  };
  const watching = watch();
  try {
    return await starting;
  } finally {
    settled = true;
    await watching;
  }
}

async function eraseLabelled(context: DockerContext, service: PlannedService, replica: number): Promise<void> {
  const { client } = context.engine;
  const wanted = [
    `${label.instance}=${context.owner.instance}`,
    `${label.service}=${service.name}`,
    `${label.replica}=${replica}`,
  ];
  for (const { Id } of await client.listContainers({ all: true, filters: { label: wanted } })) {
    await eraseContainer(client, Id);
  }
}
