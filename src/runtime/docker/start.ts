import pRetry from 'p-retry';
import { PortsideError } from '../../model/index.js';
import type { RunningService } from '../runtime.js';
import { announce } from './announce.js';
import type { ContainerMaker, MadeContainer } from './container-maker.js';
import type { DockerContext } from './context.js';
import { isPortConflict } from './engine-error.js';
import { archiveOf } from './grants.js';
import { runHooks } from './hooks.js';
import { portKey } from './ports.js';
import type { ContainerRecord } from './records.js';
import { removeContainer } from './remove.js';
import { renewRecord } from './renew.js';
import { copySharedFolders } from './shared-folders.js';
import { startFailed } from './start-failed.js';

const attempts = 5;

/**
 * Starts one replica, in the container that was made ahead or in a new one, again on a port conflict, and gives its real ports. Leaves
 * nothing of a failed attempt behind.
 */
export async function startContainer(
  context: DockerContext,
  maker: ContainerMaker,
  ahead: MadeContainer | undefined,
  signal: AbortSignal,
): Promise<RunningService> {
  let made = ahead;
  const attempt = async () => {
    signal.throwIfAborted();
    const next = made ?? (await maker.create(signal, true));
    made = undefined;
    try {
      await start(context, maker, next, signal);
    } catch (error) {
      context.turns.forget(maker.service);
      const failure = await startFailed(context, next.record, error, signal);
      await removeContainer(context, next.record);
      throw failure;
    }
    context.kept.started(maker.service, next.record.id, next.chosen);
    return announce(context, next.record);
  };
  return pRetry(attempt, {
    retries: attempts - 1,
    minTimeout: 50,
    signal,
    shouldRetry: ({ error }) => isPortConflict(error.cause),
    onFailedAttempt: ({ error }) => maker.refused(error.cause),
  });
}

async function start(
  context: DockerContext,
  { service, files }: ContainerMaker,
  { record, networking }: MadeContainer,
  signal: AbortSignal,
): Promise<void> {
  const { client } = context.engine;
  const { copy } = service;
  const container = client.getContainer(record.id);
  if (files.length > 0) await container.putArchive(await archiveOf(files), { path: '/' });
  for (const [network, EndpointConfig] of Object.entries(networking.later)) {
    await client.getNetwork(network).connect({ Container: record.id, EndpointConfig });
  }
  if (copy !== undefined) await copySharedFolders(context, copy.of, container, signal);
  signal.throwIfAborted();
  if (copy === undefined) context.onProgress(service.name, 'starting');
  await context.turns.take(service, signal, () => container.start());
  signal.throwIfAborted();
  await runHooks(context, record, 'postStart', signal);
  renewRecord(context, record, await container.inspect());
  signal.throwIfAborted();
  requirePorts(record);
}

function requirePorts({ service, running, exit }: ContainerRecord): void {
  const bound = new Set(running?.ports.map(portKey));
  const missing = service.ports.filter((port) => !bound.has(portKey(port)));
  if (exit !== undefined || missing.length === 0) return;
  const { networkMode } = service.definition.container;
  throw new PortsideError(
    'SERVICE_START_FAILED',
    `Cannot start the service '${service.name}': the engine gave it no host port for ${missing.map(portKey).join(', ')}. Current value of network_mode is '${networkMode ?? 'default'}'.`,
    { service: service.name, hint: 'Let the service join a network of the bridge driver, or drop its ports.' },
  );
}
