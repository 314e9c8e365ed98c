import type { PlannedService } from '../../model/index.js';
import type { Runtime } from '../runtime.js';
import { snapshotKey } from '../snapshot-key.js';
import { SnapshotLedger } from '../snapshot-ledger.js';
import type { DockerContext } from './context.js';
import { engineFailed } from './engine-error.js';
import type { ImageFacts } from './image-facts.js';
import type { MemoryData } from './memory-data.js';
import type { ServerStart } from './server-starts.js';
import { commitSnapshot, snapshotCreatedAt } from './snapshot-images.js';
import { archivePath } from './snapshot-program.js';
import { isWellKnown } from './well-known.js';

/** How long a server may take to end and to pack its data, in seconds. */
const packSeconds = 60;

/** The snapshots of one Docker runtime: what its services may begin with, and what could be kept of them. */
export class KeptData {
  readonly #context: Omit<DockerContext, 'kept'>;
  readonly #ledger: SnapshotLedger<{ readonly container: string; readonly from: string }>;
  readonly #present = new Map<string, Promise<boolean>>();

  constructor(context: Omit<DockerContext, 'kept'>) {
    this.#context = context;
    this.#ledger = new SnapshotLedger(context);
  }

  /** Whether services are started for their data to be kept. */
  get isMaking(): boolean {
    return this.#ledger.isMaking;
  }

  /** Gives the key of the snapshot that a start would make or use; `undefined` where none is wanted or possible. */
  keyOf(
    { service, folder }: MemoryData,
    image: ImageFacts,
    computed: Readonly<Record<string, string>>,
  ): string | undefined {
    const { engine, definition } = this.#context;
    const { container, credentials } = service.definition;
    if (!this.#ledger.isOn || !engine.local || container.readOnly === true) return undefined;
    if (credentials?.passwordGenerated === true && !isWellKnown(image)) return undefined;
    return snapshotKey({ service, definition, computed, folder, programs: image.id });
  }

  /** Whether the engine has the snapshot. Without it everything starts too, so no failure is reported. */
  has(key: string): Promise<boolean> {
    const known = this.#present.get(key);
    if (known !== undefined) return known;
    const asked = snapshotCreatedAt(this.#context.engine.client, key).then(
      (createdAt) => createdAt !== undefined && this.#ledger.mayUse(createdAt),
      () => false,
    );
    this.#present.set(key, asked);
    return asked;
  }

  /** Notes that a container was started. */
  started(service: PlannedService, container: string, { key, kept = false, image }: ServerStart): void {
    this.#ledger.started(service, { key, used: kept, made: { container, from: image.reference } });
  }

  /** The snapshot of a started service, and whether it began with that. */
  snapshotOf(service: string): ReturnType<Runtime['snapshotOf']> {
    return this.#ledger.snapshotOf(service);
  }

  /** The services that were started without a snapshot, and of which one could be made, by key. */
  unkept(): ReadonlyMap<string, PlannedService> {
    return this.#ledger.unkept();
  }

  /** Ends a service that was started for its data to be kept, and keeps them. Throws ENGINE_FAILED when they are not fit for that. */
  async keep(name: string, signal: AbortSignal): Promise<void> {
    const { key, made } = this.#ledger.made(name);
    const container = this.#context.engine.client.getContainer(made.container);
    try {
      await container.stop({ t: packSeconds });
      signal.throwIfAborted();
      const { State } = await container.inspect();
      if (State.ExitCode !== 0) {
        throw this.#ledger.refuse(name, key, 'its server did not end cleanly, or has data outside its folder');
      }
      const bytes = await sizeOf(container);
      signal.throwIfAborted();
      await commitSnapshot(container, { key, service: name, from: made.from, bytes });
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw engineFailed(`keep the data of the service '${name}'`, error, { service: name });
    }
    this.#ledger.kept(key);
  }
}

async function sizeOf(container: { infoArchive(options: { path: string }): Promise<unknown> }): Promise<number> {
  const { headers } = (await container.infoArchive({ path: archivePath })) as { headers: Record<string, string> };
  const stat = Buffer.from(headers['x-docker-container-path-stat'] ?? '', 'base64').toString();
  return Number(JSON.parse(stat).size);
}
