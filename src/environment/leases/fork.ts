import type { Slice } from '../../isolation/index.js';
import type { ForkDocument, Isolation, LeaseDocument, LeaseOwner, ServiceKind } from '../../model/index.js';
import type { Bundle, Shape } from './bundle.js';

/** What one holder has leased together, and what it waits for. */
export class Fork {
  readonly id: string;
  readonly session: string;
  readonly owner: LeaseOwner;
  readonly since: number;
  /** Ends its place among the active forks. */
  leave: () => void = () => {};
  /** What it was given, with what was ready beside what it asked for. */
  bundle: Bundle = new Map();
  /** The first request. */
  began: Shape | undefined;
  /** What it has asked for so far, whether it is there or not. */
  readonly asked = new Map<string, Isolation>();
  /** The services whose slices are its leases. */
  readonly #held = new Set<string>();
  readonly #givenBack = new Map<string, Isolation>();
  #gone: AbortController | undefined;
  #end: (() => unknown) | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #underWay = 0;

  constructor(id: string, session: string, owner: LeaseOwner, since: number) {
    this.id = id;
    this.session = session;
    this.owner = owner;
    this.since = since;
  }

  /** Aborts when it is released; for work in its turn. Made when somebody asks: most forks are given what is ready, and need none. */
  get gone(): AbortSignal {
    if (this.#gone === undefined) {
      this.#gone = new AbortController();
      if (this.#end !== undefined) this.#gone.abort(this.#end());
    }
    return this.#gone.signal;
  }

  /** Whether it was released. */
  get isGone(): boolean {
    return this.#end !== undefined;
  }

  /** Marks it as released: what is under way for it ends, with the reason that is made then. */
  end(reason: () => unknown): void {
    this.#end ??= reason;
    this.#gone?.abort(this.#end());
  }

  /** Everything that it has asked for, with what it has given back since. */
  get had(): ReadonlyMap<string, Isolation> {
    return this.#givenBack.size === 0 ? this.asked : new Map([...this.#givenBack, ...this.asked]);
  }

  /** Makes the slices of the services its leases. */
  handOut(shape: Shape): void {
    for (const [service, isolation] of shape) {
      this.#held.add(service);
      // What came before it in turn may have taken it out.
      this.asked.set(service, isolation);
    }
  }

  /** Whether the service's slice is one of its leases; otherwise it was only ready beside them. */
  isHeld(service: string): boolean {
    return this.#held.has(service);
  }

  /** Takes a service out of what it has asked for, because its lease was released alone. */
  giveBack(service: string): void {
    this.#held.delete(service);
    const isolation = this.asked.get(service);
    if (isolation !== undefined) this.#givenBack.set(service, isolation);
    this.asked.delete(service);
  }

  /** Does one piece of work at a time, in the order in which they came. */
  inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#underWay += 1;
    const done = this.#turn.then(work);
    this.#turn = done.then(this.#leaveTurn, this.#leaveTurn);
    return done;
  }

  /** With the last work, nobody is left whom the signal could tell anything. */
  readonly #leaveTurn = (): void => {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#gone = undefined;
  };

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  /** Finds the slice with this id among its leases. */
  slice(id: string): Slice | undefined {
    return this.#slices().find((slice) => slice.id === id);
  }

  /** What its holder is told. */
  document(): ForkDocument {
    const leases = this.#slices().map(({ id, service, isolation, name, endpoint }) => ({
      id,
      service,
      isolation,
      name,
      endpoint,
    }));
    return { id: this.id, leases };
  }

  /** What everybody is told: its leases, and what it still waits for. */
  list(kindOf: (service: string) => ServiceKind): LeaseDocument[] {
    return [...this.asked].map(([service, isolation]) => {
      const slice = this.#held.has(service) ? this.bundle.get(service) : undefined;
      return {
        id: slice?.id ?? this.id,
        fork: this.id,
        service,
        kind: kindOf(service),
        isolation: slice?.isolation ?? isolation,
        state: slice === undefined ? 'queued' : 'active',
        name: slice?.name ?? null,
        url: slice?.endpoint.url ?? null,
        owner: this.owner,
        since: this.since,
      };
    });
  }

  #slices(): Slice[] {
    return [...this.#held].flatMap((service) => this.bundle.get(service) ?? []);
  }
}
