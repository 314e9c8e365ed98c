import { type PlannedService, PortsideError } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { engineAnswer, engineFailed } from './engine-error.js';
import { jsonLines } from './json-lines.js';
import { platformOf } from './platform.js';
import { registryAuth, registryOf } from './registry-auth.js';

/** One message of a pull's progress. */
interface PullMessage {
  readonly id?: string;
  readonly status?: string;
  readonly error?: string;
}

/** Pulls an image and reports the layers; throws IMAGE_UNAVAILABLE with the registry's own answer. */
export async function pullImage(
  context: DockerContext,
  service: PlannedService,
  image: string,
  signal: AbortSignal,
): Promise<void> {
  const report = (detail?: string) => context.onProgress(service.name, 'pulling', detail);
  report();
  try {
    const auth = await registryAuth(image, context.engine.client, context.environment);
    const platform = platformOf(service.definition, context.environment);
    const stream = await context.engine.client.pull(image, {
      abortSignal: signal,
      ...(platform === undefined ? {} : { platform }),
      ...(auth === undefined ? {} : { authconfig: auth }),
    });
    const layers = new LayerCount();
    for await (const message of jsonLines<PullMessage>(stream)) {
      if (message.error !== undefined) throw new Error(message.error);
      if (layers.count(message)) report(layers.toString());
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw unavailable(service.name, image, error);
  }
}

class LayerCount {
  readonly #all = new Set<string>();
  readonly #done = new Set<string>();

  /** Tells whether the message changed the count. */
  count({ id, status }: PullMessage): boolean {
    if (id === undefined || status === undefined) return false;
    const before = this.toString();
    if (/^(Pulling fs layer|Waiting|Downloading|Already exists|Pull complete)/.test(status)) this.#all.add(id);
    if (/^(Already exists|Pull complete)/.test(status)) this.#done.add(id);
    return this.toString() !== before;
  }

  toString(): string {
    return `${this.#done.size} of ${this.#all.size} layers`;
  }
}

function unavailable(service: string, image: string, error: unknown): PortsideError {
  const answer = engineAnswer(error);
  const gone = engineFailed(`pull the image '${image}' for the service '${service}'`, error, { service });
  if (gone.code === 'ENGINE_UNREACHABLE') return gone;
  return new PortsideError(
    'IMAGE_UNAVAILABLE',
    `Cannot pull the image '${image}' for the service '${service}': ${answer}.`,
    {
      service,
      hint: hintFor(image, answer),
      cause: error,
    },
  );
}

function hintFor(image: string, answer: string): string {
  if (/manifest.*unknown|not found: manifest|no matching manifest/i.test(answer)) {
    return `Check the tag and the platform of '${image}'.`;
  }
  if (/denied|unauthorized|authentication|credentials/i.test(answer)) {
    const login = ['docker login', registryOf(image) ?? ''].join(' ').trim();
    return `Check the name '${image}'; when it is a private image, run \`${login}\`.`;
  }
  return `Check the connection to ${registryOf(image) ?? 'the registry'}, or get the image to the engine another way (\`docker load\`, \`docker build -t ${image}\`).`;
}
