import type { PlannedService } from '../../model/index.js';
import { ContainerMaker, type MadeContainer } from './container-maker.js';
import type { DockerContext } from './context.js';
import type { Images } from './image.js';
import { networkKeysOf } from './network-use.js';

/** A container that waits for its start, and what makes another one should that fail. */
export interface AheadContainer {
  readonly maker: ContainerMaker;
  readonly made: MadeContainer;
}

/**
 * Creates containers before their turn comes, while networks are made and what they depend on starts: the engine needs a network's name
 * only. What this does not manage is left to the start, errors included.
 */
export class MadeAhead {
  readonly #context: DockerContext;
  readonly #images: Images;
  readonly #made = new Map<string, Promise<AheadContainer | undefined>>();

  constructor(context: DockerContext, images: Images) {
    this.#context = context;
    this.#images = images;
  }

  /** Creates the containers of all replicas; their image must be there, and so must volumes. */
  async make(service: PlannedService, signal: AbortSignal): Promise<void> {
    if (!this.#isIndependent(service)) return;
    const { turns } = this.#context;
    const numbers = Array.from({ length: service.definition.replicas }, (_, index) => index + 1);
    // A start that was quicker makes its container itself: two of one name cannot be.
    const free = numbers.filter((replica) => !this.#made.has(keyOf(service, replica)));
    if (free.length > 0) turns.expect(service);
    await Promise.all(
      free.map((replica) => {
        const made = this.#make(service, replica, signal).catch(() => turns.forget(service) as undefined);
        this.#made.set(keyOf(service, replica), made);
        return made;
      }),
    );
  }

  /** Gives the container that was made ahead, once; from then on none is. */
  take(service: PlannedService, replica: number): Promise<AheadContainer | undefined> {
    const key = keyOf(service, replica);
    const none = Promise.resolve(undefined);
    const made = this.#made.get(key) ?? none;
    this.#made.set(key, none);
    return made;
  }

  async #make(service: PlannedService, replica: number, signal: AbortSignal): Promise<AheadContainer> {
    const maker = await ContainerMaker.of(this.#context, this.#images, service, replica, {}, signal);
    return { maker, made: await maker.create(signal, false) };
  }

  /** Whether nothing that the container is created with comes from services that start before it. */
  #isIndependent(service: PlannedService): boolean {
    const { environmentFrom, advertise, container } = service.definition;
    const references = [container.networkMode, container.pid, container.ipc];
    return (
      environmentFrom === undefined &&
      advertise === undefined &&
      (container.volumesFrom ?? []).length === 0 &&
      !references.some((reference) => /^(service|container):/.test(reference ?? '')) &&
      networkKeysOf(service, this.#context.definition).every((key) => this.#context.networks.has(key))
    );
  }
}

function keyOf({ name }: PlannedService, replica: number): string {
  return `${name} ${replica}`;
}
