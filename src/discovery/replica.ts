import type { EnvironmentInfo, EnvironmentState, Frame, ServiceProgress } from '../model/index.js';
import { ServiceRegistry } from '../registry/in-process.js';

/** A copy of an environment's registry and state in this process, fed by frames: a snapshot, then every change (D3). */
export class Replica {
  readonly registry: ServiceRegistry;
  readonly #progress = new Map<string, ServiceProgress>();
  readonly #listeners = new Set<(frame: Frame) => void>();
  #environment: EnvironmentInfo | undefined;
  #state: EnvironmentState = { state: 'starting' };

  constructor(now: () => number) {
    this.registry = new ServiceRegistry({ now });
  }

  /** What the environment is; `undefined` before the first snapshot. */
  get environment(): EnvironmentInfo | undefined {
    return this.#environment;
  }

  get state(): EnvironmentState {
    return this.#state;
  }

  /** The newest step of each service, in plan order. */
  get progress(): readonly ServiceProgress[] {
    return [...this.#progress.values()];
  }

  /** Takes one frame in and passes it on to the listeners. */
  apply(frame: Frame): void {
    switch (frame.type) {
      case 'session':
        break;
      case 'snapshot':
        this.#environment = frame.environment;
        this.#state = frame.state;
        for (const step of frame.progress) this.#progress.set(step.service, step);
        this.registry.reset(frame.registry);
        break;
      case 'event':
        this.registry.apply(frame.event);
        break;
      case 'progress':
        this.#progress.set(frame.progress.service, frame.progress);
        break;
      case 'state':
        this.#state = frame.state;
        break;
    }
    for (const listener of [...this.#listeners]) listener(frame);
  }

  /** Calls the listener with every later frame; the function given back ends that. */
  subscribe(listener: (frame: Frame) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
