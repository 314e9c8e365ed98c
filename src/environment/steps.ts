import type { ServicePhase, ServiceProgress } from '../model/index.js';

/** The steps of every service's start: the last report of each phase that it has been in. */
export class Steps {
  readonly #steps = new Map<string, Map<ServicePhase, ServiceProgress>>();

  /** Notes a step; what comes again stands at the end, and that a service waited is not worth telling when it is over. */
  note(progress: ServiceProgress): void {
    const { service, phase } = progress;
    const own = this.#steps.get(service) ?? new Map<ServicePhase, ServiceProgress>();
    this.#steps.set(service, own);
    own.delete('waiting');
    own.delete(phase);
    own.set(phase, progress);
  }

  /** Whether there is a step of the service. */
  has(service: string): boolean {
    return this.#steps.has(service);
  }

  /** Where each service stands. */
  latest(): readonly ServiceProgress[] {
    return [...this.#steps.values()].flatMap((own) => [...own.values()].slice(-1));
  }

  /** All steps, in the order in which they came. */
  all(): readonly ServiceProgress[] {
    const steps = [...this.#steps.values()].flatMap((own) => [...own.values()]);
    return steps.sort((one, other) => one.elapsedMs - other.elapsedMs);
  }
}
