import type Docker from 'dockerode';
import pRetry from 'p-retry';
import { type PlannedService, PortsideError } from '../../model/index.js';
import { noHealthCheck } from '../no-health-check.js';
import type { RunningService } from '../runtime.js';
import { advertise } from './advertise.js';
import { announce } from './announce.js';
import { type ContainerRecipe, containerConfig } from './container-config.js';
import type { DockerContext } from './context.js';
import { asCopy } from './copy.js';
import { containerNetworking, containerOf } from './endpoints.js';
import { engineAnswer, engineStatus, isPortConflict } from './engine-error.js';
import { startForeign } from './foreign.js';
import { bindGrants } from './grant-files.js';
import { archiveOf, grantedFiles } from './grants.js';
import { runHooks } from './hooks.js';
import type { Images } from './image.js';
import type { ImageFacts } from './image-facts.js';
import { serviceLabels } from './labels.js';
import { containerName } from './names.js';
import { portKey, publishedBy, refusedPorts } from './ports.js';
import type { ContainerRecord } from './records.js';
import { removeContainer } from './remove.js';
import { renewRecord } from './renew.js';
import { bringsData, type ServerStart, serverStarts } from './server-starts.js';
import { copySharedFolders } from './shared-folders.js';
import { startFailed } from './start-failed.js';

const attempts = 5;

/** Creates and starts one replica, again on a port conflict, and gives its real ports. Leaves nothing of a failed attempt behind. */
export async function startContainer(
  context: DockerContext,
  images: Images,
  planned: PlannedService,
  replica: number,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<RunningService> {
  const { copy } = planned;
  const service = copy === undefined ? planned : asCopy(planned, copy.of);
  const { foreign } = service.definition;
  if (foreign !== undefined) return startForeign(context, service, foreign, replica, environment, signal);
  // The image of a copy is that of the service it copies.
  const image = await images.ensure(copy === undefined ? service : { ...service, name: copy.of }, signal);
  requireHealthcheck(service, image);
  const files = await grantedFiles(context, service);
  let starts = await serverStarts(context, service, image, environment);
  let ports: ContainerRecipe['ports'] = [];
  const takenPorts = new Set<number>();
  const name = containerName(context.definition.project, service.name, replica, context.owner);
  // What the engine cannot unpack into a read-only container is mounted into it.
  const binds = service.definition.container.readOnly === true && context.engine.local;
  const owner = { stateFolder: context.stateFolder, instance: context.owner.instance, container: name };
  const extraBinds = binds && files.length > 0 ? await bindGrants(files, owner) : [];
  const attempt = async () => {
    signal.throwIfAborted();
    const networking = containerNetworking(context, service);
    const advertised = await advertise(context, service, replica, takenPorts, signal);
    ports = publishedBy({ ...service, ports: advertised.ports }, context.plan.services);
    const recipe: ContainerRecipe = {
      service,
      image,
      environment: { ...environment, ...advertised.environment },
      ports,
      takenPorts,
      name,
      labels: { ...context.labels, ...serviceLabels(service, replica) },
      volumeName: (key) => context.volumes.get(key) ?? key,
      networkMode: networking.mode,
      endpoints: networking.atCreate,
      containerOf: (reference) => containerOf(context, service.name, reference),
      extraBinds,
    };
    const { record, chosen } = await createFirst(context, service, recipe, starts, replica);
    starts = [chosen, ...starts.slice(starts.indexOf(chosen) + 1)];
    try {
      const container = context.engine.client.getContainer(record.id);
      if (files.length > 0 && !binds) await container.putArchive(await archiveOf(files), { path: '/' });
      for (const [network, EndpointConfig] of Object.entries(networking.later)) {
        await context.engine.client.getNetwork(network).connect({ Container: record.id, EndpointConfig });
      }
      if (copy !== undefined) await copySharedFolders(context, copy.of, container, signal);
      signal.throwIfAborted();
      if (copy === undefined) context.onProgress(service.name, 'starting');
      await container.start();
      signal.throwIfAborted();
      await runHooks(context, record, 'postStart', signal);
      renewRecord(context, record, await container.inspect());
      signal.throwIfAborted();
      requirePorts(service, record);
    } catch (error) {
      const failure = await startFailed(context, record, error, signal);
      await removeContainer(context, record);
      throw failure;
    }
    context.kept.started(service, record.id, chosen);
    return announce(context, record);
  };
  return pRetry(attempt, {
    retries: attempts - 1,
    minTimeout: 50,
    signal,
    shouldRetry: ({ error }) => isPortConflict(error.cause),
    onFailedAttempt: ({ error }) => {
      for (const port of refusedPorts(ports, engineAnswer(error.cause))) takenPorts.add(port);
    },
  });
}

/** Creates the container in the first way that works. */
async function createFirst(
  context: DockerContext,
  service: PlannedService,
  recipe: ContainerRecipe,
  [start, ...others]: readonly [ServerStart, ...ServerStart[]],
  replica: number,
): Promise<{ readonly record: ContainerRecord; readonly chosen: ServerStart }> {
  const [next, ...rest] = others;
  const chosen = { ...recipe, service: start.service, image: start.image };
  try {
    const record = await createContainer(context, service, chosen, replica);
    const { folder } = start;
    const container = context.engine.client.getContainer(record.id);
    if (next === undefined || folder === undefined || !(await bringsData(container, folder))) {
      return { record, chosen: start };
    }
    await removeContainer(context, record);
  } catch (error) {
    // Somebody may have removed the snapshot meanwhile.
    if (next === undefined || start.kept !== true || engineStatus((error as Error).cause) !== 404) throw error;
  }
  return createFirst(context, service, recipe, [next, ...rest], replica);
}

async function createContainer(
  context: DockerContext,
  service: PlannedService,
  recipe: ContainerRecipe,
  replica: number,
): Promise<ContainerRecord> {
  const { engine, records } = context;
  const { name } = recipe;
  if (service.copy === undefined) context.onProgress(service.name, 'creating');
  try {
    const { id } = await engine.client.createContainer(requestOf(containerConfig(recipe, engine)));
    return records.add({
      id,
      name,
      service,
      replica,
      removing: false,
      ...(recipe.image.version === undefined ? {} : { version: recipe.image.version }),
    });
  } catch (error) {
    // A request that broke off may have made the container all the same; removing by name does no harm otherwise.
    await engine.client
      .getContainer(name)
      .remove({ force: true, v: true })
      .catch(() => undefined);
    throw await startFailed(context, { name, service }, error);
  }
}

/**
 * Without this the client library puts all settings into the address as well: kilobytes, and passwords in the engine's debug log.
 */
function requestOf({ name, platform, ...body }: Docker.ContainerCreateOptions): Docker.ContainerCreateOptions {
  const query = { name, ...(platform === undefined ? {} : { platform }) };
  return { _query: query, _body: body } as Docker.ContainerCreateOptions;
}

function requirePorts(service: PlannedService, { running, exit }: ContainerRecord): void {
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

/** A service whose health the engine is to tell needs a check in its file or in its image. */
function requireHealthcheck(service: PlannedService, image: ImageFacts): void {
  if (!service.readiness.some(({ type }) => type === 'engine')) return;
  const [own] = service.definition.healthcheck?.test ?? [];
  if (own === undefined ? !image.hasHealthcheck : own === 'NONE') throw noHealthCheck(service);
}
