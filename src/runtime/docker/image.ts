import { type BuildDefinition, isTimeout, type PlannedService, PortsideError } from '../../model/index.js';
import { buildImage, buildTooLate } from './build.js';
import { BuildOutput } from './build-output.js';
import type { DockerContext } from './context.js';
import { engineAnswer, engineFailed, engineStatus } from './engine-error.js';
import { type ImageFacts, imageFacts } from './image-facts.js';
import { pullImage } from './pull.js';

/** Makes the images of an environment available, each one once however many services and replicas ask for it. */
export class Images {
  readonly #context: DockerContext;
  readonly #available = new Map<string, Promise<ImageFacts>>();
  /** What the builds print, by the service that builds. */
  readonly #outputs = new Map<string, BuildOutput>();

  constructor(context: DockerContext) {
    this.#context = context;
  }

  /** Builds or pulls a service's image where it is missing; throws IMAGE_UNAVAILABLE or IMAGE_BUILD_FAILED. */
  ensure(service: PlannedService, signal: AbortSignal): Promise<ImageFacts> {
    const { image, pullPolicy, container } = service.definition;
    const builder = this.#builderOf(service);
    const build = builder?.definition.build;
    const key = JSON.stringify(builder === undefined ? [image, pullPolicy, container.platform] : [builder.name]);
    let pending = this.#available.get(key);
    if (pending === undefined) {
      // Shared work ends with the runtime, not with the one service that happened to ask first.
      pending = build === undefined ? this.#obtain(service) : this.#build(builder ?? service, build);
      pending.catch(() => this.#available.delete(key));
      this.#available.set(key, pending);
    }
    return untilAborted(pending, signal).catch((error: unknown) => {
      const output = builder === undefined ? undefined : this.#outputs.get(builder.name);
      if (error !== signal.reason || !isTimeout(error) || output === undefined) throw error;
      throw buildTooLate(service, output.lastLines());
    });
  }

  /** The service that builds the image: the service itself, or another one that names its build result the same. */
  #builderOf({ definition, name }: PlannedService): PlannedService | undefined {
    const { services } = this.#context.plan;
    return services.find(
      (other) =>
        other.definition.build !== undefined &&
        (other.name === name ||
          (definition.build === undefined &&
            definition.image !== undefined &&
            other.definition.image === definition.image)),
    );
  }

  async #build(service: PlannedService, build: BuildDefinition): Promise<ImageFacts> {
    const { onProgress, stopping } = this.#context;
    const output = new BuildOutput((detail) => onProgress(service.name, 'building', detail));
    this.#outputs.set(service.name, output);
    const reference = await buildImage(this.#context, service, build, output, stopping);
    return this.#inspect(service, reference);
  }

  async #obtain(service: PlannedService): Promise<ImageFacts> {
    const { image, pullPolicy } = service.definition;
    if (image === undefined) {
      throw new PortsideError(
        'SERVICE_START_FAILED',
        `Cannot start the service '${service.name}': it has neither image nor build.`,
        {
          service: service.name,
          hint: 'Give it `image` or `build`.',
        },
      );
    }
    if (pullPolicy !== 'always') {
      const facts = await this.#inspect(service, image).catch((error: unknown) => {
        if (engineStatus((error as Error).cause) !== 404) throw error;
        return undefined;
      });
      if (facts !== undefined) return facts;
      if (pullPolicy === 'never' || pullPolicy === 'build') {
        throw new PortsideError(
          'IMAGE_UNAVAILABLE',
          `Cannot use the image '${image}' for the service '${service.name}': the engine does not have it, and it is not to be pulled. Current value of pull_policy is '${pullPolicy}'.`,
          { service: service.name, hint: `Run \`docker pull ${image}\`, or let pull_policy be 'missing'.` },
        );
      }
    }
    await pullImage(this.#context, service, image, this.#context.stopping);
    return this.#inspect(service, image);
  }

  async #inspect(service: PlannedService, reference: string): Promise<ImageFacts> {
    try {
      return imageFacts(reference, await this.#context.engine.client.getImage(reference).inspect());
    } catch (error) {
      if (engineStatus(error) !== 404)
        throw engineFailed(`look up the image '${reference}'`, error, { service: service.name });
      throw new PortsideError(
        'IMAGE_UNAVAILABLE',
        `Cannot use the image '${reference}' for the service '${service.name}': ${engineAnswer(error)}.`,
        { service: service.name, cause: error },
      );
    }
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
