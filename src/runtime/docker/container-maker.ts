import type Docker from 'dockerode';
import type { PlannedPort, PlannedService } from '../../model/index.js';
import { noHealthCheck } from '../no-health-check.js';
import { advertise } from './advertise.js';
import { type ContainerRecipe, containerConfig } from './container-config.js';
import type { DockerContext } from './context.js';
import { asCopy } from './copy.js';
import { type ContainerNetworking, containerNetworking, containerOf } from './endpoints.js';
import { engineAnswer, engineStatus } from './engine-error.js';
import { bindGrants } from './grant-files.js';
import { type GrantedFile, grantedFiles } from './grants.js';
import type { Images } from './image.js';
import type { ImageFacts } from './image-facts.js';
import { serviceLabels } from './labels.js';
import { containerName } from './names.js';
import { publishedBy, refusedPorts } from './ports.js';
import { proxyVariables } from './proxies.js';
import type { ContainerRecord } from './records.js';
import { removeContainer } from './remove.js';
import { bringsData, type ServerStart, serverStarts } from './server-starts.js';
import { startFailed } from './start-failed.js';

/** A container that was created and not started yet. */
export interface MadeContainer {
  readonly record: ContainerRecord;
  /** The way in which it was created. */
  readonly chosen: ServerStart;
  readonly networking: ContainerNetworking;
}

/** Creates the container of one replica, and another one whenever the engine refuses the ports of the one before. */
export class ContainerMaker {
  /** The service as the engine sees it: that of a copy has the copy's name. */
  readonly service: PlannedService;
  /** Secrets and configs that are to be put into the created container. */
  readonly files: readonly GrantedFile[];
  readonly #context: DockerContext;
  readonly #replica: number;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #image: ImageFacts;
  readonly #name: string;
  readonly #extraBinds: readonly string[];
  readonly #takenPorts = new Set<number>();
  #starts: readonly [ServerStart, ...ServerStart[]];
  #ports: readonly PlannedPort[] = [];

  private constructor(
    context: DockerContext,
    service: PlannedService,
    replica: number,
    environment: Readonly<Record<string, string>>,
    found: {
      readonly image: ImageFacts;
      readonly starts: readonly [ServerStart, ...ServerStart[]];
      readonly name: string;
      readonly files: readonly GrantedFile[];
      readonly extraBinds: readonly string[];
    },
  ) {
    this.#context = context;
    this.service = service;
    this.#replica = replica;
    this.#environment = environment;
    this.files = found.files;
    this.#image = found.image;
    this.#starts = found.starts;
    this.#name = found.name;
    this.#extraBinds = found.extraBinds;
  }

  /** Finds out what a replica is created from. Errors: those of its image and of files that it is granted, `COMPOSE_INVALID` when nothing tells its health. */
  static async of(
    context: DockerContext,
    images: Images,
    planned: PlannedService,
    replica: number,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<ContainerMaker> {
    const { copy } = planned;
    const service = copy === undefined ? planned : asCopy(planned, copy.of);
    // The image of a copy is that of the service it copies.
    const image = await images.ensure(copy === undefined ? service : { ...service, name: copy.of }, signal);
    requireHealthcheck(service, image);
    const files = await grantedFiles(context, service);
    const starts = await serverStarts(context, service, image, environment);
    const name = containerName(context.definition.project, service.name, replica, context.owner);
    // What the engine cannot unpack into a read-only container is mounted into it.
    const binds = service.definition.container.readOnly === true && context.engine.local && files.length > 0;
    const owner = { stateFolder: context.stateFolder, instance: context.owner.instance, container: name };
    const extraBinds = binds ? await bindGrants(files, owner) : [];
    return new ContainerMaker(context, service, replica, environment, {
      image,
      starts,
      name,
      files: binds ? [] : files,
      extraBinds,
    });
  }

  /** Creates the container; `report`: its step is told. Leaves nothing when it fails. */
  async create(signal: AbortSignal, report: boolean): Promise<MadeContainer> {
    const { service } = this;
    const context = this.#context;
    const networking = containerNetworking(context, service);
    const advertised = await advertise(context, service, this.#replica, this.#takenPorts, signal);
    this.#ports = publishedBy({ ...service, ports: advertised.ports }, context.plan.services);
    const recipe: ContainerRecipe = {
      service,
      image: this.#image,
      environment: { ...this.#environment, ...advertised.environment },
      proxies: proxyVariables(context.engine.address.url, context.environment),
      ports: this.#ports,
      takenPorts: this.#takenPorts,
      name: this.#name,
      labels: { ...context.labels, ...serviceLabels(service, this.#replica) },
      volumeName: (key) => context.volumes.get(key) ?? key,
      networkMode: networking.mode,
      endpoints: networking.atCreate,
      containerOf: (reference) => containerOf(context, service.name, reference),
      extraBinds: this.#extraBinds,
    };
    const { record, chosen } = await this.#createFirst(recipe, this.#starts, report);
    this.#starts = [chosen, ...this.#starts.slice(this.#starts.indexOf(chosen) + 1)];
    return { record, chosen, networking };
  }

  /** Notes the host ports that the engine refused to the last container. */
  refused(cause: unknown): void {
    for (const port of refusedPorts(this.#ports, engineAnswer(cause))) this.#takenPorts.add(port);
  }

  /** Creates the container in the first way that works. */
  async #createFirst(
    recipe: ContainerRecipe,
    [start, ...others]: readonly [ServerStart, ...ServerStart[]],
    report: boolean,
  ): Promise<{ readonly record: ContainerRecord; readonly chosen: ServerStart }> {
    const [next, ...rest] = others;
    const { client } = this.#context.engine;
    try {
      const record = await this.#create({ ...recipe, service: start.service, image: start.image }, report);
      const { folder } = start;
      const isFit = next === undefined || folder === undefined;
      if (isFit || !(await bringsData(client.getContainer(record.id), folder))) return { record, chosen: start };
      await removeContainer(this.#context, record);
    } catch (error) {
      // Somebody may have removed the snapshot meanwhile.
      if (next === undefined || start.kept !== true || engineStatus((error as Error).cause) !== 404) throw error;
    }
    return this.#createFirst(recipe, [next, ...rest], report);
  }

  async #create(recipe: ContainerRecipe, report: boolean): Promise<ContainerRecord> {
    const { service } = this;
    const { engine, records, onProgress } = this.#context;
    const { name } = recipe;
    if (report && service.copy === undefined) onProgress(service.name, 'creating');
    try {
      const { id } = await engine.client.createContainer(requestOf(containerConfig(recipe, engine)));
      return records.add({
        id,
        name,
        service,
        replica: this.#replica,
        removing: false,
        ...(recipe.image.version === undefined ? {} : { version: recipe.image.version }),
      });
    } catch (error) {
      // A request that broke off may have made the container all the same; removing by name does no harm otherwise.
      await engine.client
        .getContainer(name)
        .remove({ force: true, v: true })
        .catch(() => undefined);
      throw await startFailed(this.#context, { name, service }, error);
    }
  }
}

/** Without this the client library puts all settings into the address as well: kilobytes, and passwords in the engine's debug log. */
function requestOf({ name, platform, ...body }: Docker.ContainerCreateOptions): Docker.ContainerCreateOptions {
  const query = { name, ...(platform === undefined ? {} : { platform }) };
  return { _query: query, _body: body } as Docker.ContainerCreateOptions;
}

/** A service whose health the engine is to tell needs a check in its file or in its image. */
function requireHealthcheck(service: PlannedService, image: ImageFacts): void {
  if (!service.readiness.some(({ type }) => type === 'engine')) return;
  const [own] = service.definition.healthcheck?.test ?? [];
  if (own === undefined ? !image.hasHealthcheck : own === 'NONE') throw noHealthCheck(service);
}
