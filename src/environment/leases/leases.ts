import type { Isolator } from '../../isolation/index.js';
import {
  type EnvironmentPlan,
  type ForkDocument,
  type Isolation,
  type LeaseDocument,
  type LeaseOwner,
  type LeaseRequest,
  PortsideError,
} from '../../model/index.js';
import { type Bench, has, isUnfit, newId, type Shape } from './bundle.js';
import { fillersOf } from './fillers.js';
import { Fork } from './fork.js';
import { Habits } from './habits.js';
import { defaultIsolation } from './kinds.js';
import { Shapes } from './shapes.js';
import { Stock, type StockOptions } from './stock.js';
import { Turns } from './turns.js';
import { withdraw } from './withdraw.js';
import { Elapsed, within } from './within.js';

/** What the leases of an environment are made with. */
export interface LeasesOptions extends Pick<StockOptions, 'now' | 'log'> {
  readonly plan: EnvironmentPlan;
  /** Makes the isolator of a service; called once for each isolation that is asked for. */
  readonly makeIsolator: (service: string, isolation: Isolation) => Isolator;
}

/** The leases of one environment: who holds which slices, who waits, and what is ready for the next. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #benches = new Map<string, Bench>();
  readonly #forks = new Map<string, Fork>();
  /** The forks by the ids of their leases. */
  readonly #holders = new Map<string, Fork>();
  readonly #active: Turns;
  readonly #stock: Stock;
  readonly #shapes: Shapes;
  readonly #habits = new Habits();
  readonly #completed = new Set<string>();

  constructor(options: LeasesOptions) {
    const { plan, now, log } = options;
    const { leases: settings } = plan.definition.settings;
    const bench = this.#bench.bind(this);
    this.#options = options;
    this.#active = new Turns(settings.maxActive);
    this.#stock = new Stock({ settings, bench, now, log });
    this.#shapes = new Shapes(plan.services, (service, isolation) => bench(service, isolation).isolator);
  }

  /**
   * Leases the services for a session: at once where a bundle is ready, otherwise as soon as it is made and its turn has come.
   * Errors: `DISCOVERY_UNKNOWN_SERVICE`, `LEASE_UNSUPPORTED`, `LEASE_UNKNOWN` for a fork that has ended, `LEASE_TIMEOUT`, `LEASE_FAILED`.
   */
  async lease(request: LeaseRequest, client: LeaseOwner, signal: AbortSignal): Promise<ForkDocument> {
    const { services, isolation, fork: id, session, file, timeoutMs } = request;
    const known = id === undefined ? undefined : this.#fork(id, session);
    const shape = this.#shapes.of(services, isolation, known?.asked);
    const owner = file === undefined ? client : { ...client, file };
    const fork = known ?? this.#open(session, owner);
    for (const [service, kind] of shape) fork.asked.set(service, kind);
    const limit = timeoutMs ?? this.#options.plan.definition.settings.leases.queueTimeoutMs;
    return fork.inTurn(async () => {
      try {
        if (signal.aborted || !this.#supplyAtOnce(fork, shape)) {
          await within(limit, [signal, fork.gone], (until) => this.#supply(fork, shape, until));
        }
        fork.handOut(shape);
        const document = fork.document();
        for (const { id } of document.leases) this.#holders.set(id, fork);
        return document;
      } catch (error) {
        for (const service of shape.keys()) if (!fork.isHeld(service)) fork.asked.delete(service);
        if (known === undefined) void this.#release(fork);
        throw error instanceof Elapsed ? this.#tooLate(limit, [...shape.keys()]) : error;
      }
    });
  }

  /** Ends the lease or fork with this id; one that has ended already is no error. */
  async release(id: string): Promise<void> {
    const fork = this.#forks.get(id) ?? this.#holders.get(id);
    if (fork === undefined) return;
    const slice = fork.slice(id);
    const others = fork.asked.size > 1;
    if (slice === undefined || !others) return this.#release(fork);
    await fork.inTurn(async () => {
      fork.giveBack(slice.service);
      this.#holders.delete(id);
      await this.#withdraw(fork, [slice.service]);
    });
    // When several are released at once, each saw others.
    if (fork.asked.size === 0) await this.#release(fork);
  }

  /** Ends everything that a session holds or waits for. */
  async releaseSession(session: string): Promise<void> {
    const held = [...this.#forks.values()].filter((fork) => fork.session === session);
    await Promise.all(held.map((fork) => this.#release(fork)));
  }

  /** Brings a leased slice back to the state that it was handed out in. Errors: `LEASE_UNKNOWN`, `LEASE_FAILED`. */
  reset(id: string): Promise<void> {
    return this.#onSlice(id, (slice, signal) => slice.reset(signal));
  }

  /** Keeps the slice's present state under a name. Errors: `LEASE_UNKNOWN`, `LEASE_UNSUPPORTED`, `LEASE_FAILED`. */
  snapshot(id: string, name: string): Promise<void> {
    return this.#onSlice(id, (slice, signal) => (slice.snapshot ?? unsupported(slice.service))(name, signal));
  }

  /** Brings a kept state back. Errors: as `snapshot`. */
  restore(id: string, name: string): Promise<void> {
    return this.#onSlice(id, (slice, signal) => (slice.restore ?? unsupported(slice.service))(name, signal));
  }

  /** Gives every lease, and what is waited for. */
  list(): readonly LeaseDocument[] {
    const { services } = this.#options.plan;
    const kindOf = (name: string) => services.find((service) => service.name === name)?.definition.kind ?? 'tcp';
    return [...this.#forks.values()].flatMap((fork) => fork.list(kindOf));
  }

  /** Makes what leases of the service are made from, when it has become ready and nobody else has to fill it first. */
  async serviceReady(name: string, signal: AbortSignal): Promise<void> {
    const { plan } = this.#options;
    this.#stock.forget(name);
    const waits = fillersOf(name, plan).filter((filler) => !this.#completed.has(filler));
    if (waits.length === 0) await this.#prepare(name, signal);
  }

  /** Makes what leases of the services are made from that this one-shot service has filled as the last one. */
  async serviceCompleted(name: string, signal: AbortSignal): Promise<void> {
    const { plan } = this.#options;
    this.#completed.add(name);
    const filled = plan.services.filter((service) => {
      const fillers = fillersOf(service.name, plan);
      return fillers.includes(name) && fillers.every((filler) => this.#completed.has(filler));
    });
    await Promise.all(filled.map((service) => this.#prepare(service.name, signal)));
  }

  /** Ends everything; what was leased goes with the environment. */
  async close(): Promise<void> {
    const gone = new PortsideError('ENVIRONMENT_STOPPED', 'Cannot lease: the environment was stopped.');
    for (const fork of this.#forks.values()) fork.end(() => gone);
    this.#forks.clear();
    this.#holders.clear();
    await this.#stock.close();
    await Promise.allSettled([...this.#benches.values()].map(({ isolator }) => isolator.close()));
  }

  /** Gives the fork what is ready for it; false: something has to be made, or waited for. */
  #supplyAtOnce(fork: Fork, shape: Shape): boolean {
    if (fork.isGone) return false;
    if (fork.began === undefined) {
      const leave = this.#active.takeNow();
      if (leave === undefined) return false;
      this.#begin(fork, shape, leave);
    }
    return has(fork.bundle, shape);
  }

  #begin(fork: Fork, shape: Shape, leave: () => void): void {
    fork.leave = leave;
    fork.began = shape;
    fork.bundle = this.#stock.take(this.#habits.expect(shape)) ?? new Map();
  }

  async #supply(fork: Fork, shape: Shape, signal: AbortSignal): Promise<void> {
    if (fork.began === undefined) {
      const leave = await this.#active.take(signal);
      // It may be released between being given its turn and hearing of it.
      if (fork.isGone) leave();
      fork.gone.throwIfAborted();
      this.#begin(fork, shape, leave);
    }
    if (fork.bundle.size === 0) {
      const likely = this.#habits.expect(fork.began ?? shape);
      fork.bundle = (await this.#stock.arriving(likely, signal)) ?? new Map();
    }
    if (!has(fork.bundle, shape)) {
      const unfit = [...fork.bundle.values()].filter((slice) => isUnfit(slice, fork.asked) || isUnfit(slice, shape));
      await this.#withdraw(
        fork,
        unfit.map(({ service }) => service),
      );
      fork.bundle = new Map([...fork.bundle, ...(await this.#stock.make(shape, fork.bundle, signal))]);
    }
    // What came after the release goes with it: that waits for this turn to end.
    fork.gone.throwIfAborted();
  }

  /** Discards slices that the fork has, with what is wired to them and was only ready beside its leases. */
  async #withdraw(fork: Fork, services: readonly string[]): Promise<void> {
    const { kept, withdrawn } = withdraw(fork.bundle, services, {
      isHeld: (service) => fork.isHeld(service),
      needs: ({ service, isolation }) => this.#bench(service, isolation).isolator.needs ?? [],
    });
    fork.bundle = kept;
    if (withdrawn.size > 0) await this.#stock.discard([withdrawn]);
  }

  #open(session: string, owner: LeaseOwner): Fork {
    const fork = new Fork(newId(), session, owner, this.#options.now());
    this.#forks.set(fork.id, fork);
    return fork;
  }

  async #release(fork: Fork): Promise<void> {
    if (!this.#forks.delete(fork.id)) return;
    fork.end(() => new PortsideError('LEASE_UNKNOWN', `Cannot use the fork '${fork.id}': it was released.`));
    const { began, had } = fork;
    if (began !== undefined) {
      const isUnchanged = had.size === began.size && [...began.keys()].every((service) => had.has(service));
      this.#habits.learn(began, isUnchanged ? began : this.#shapes.of([...had.keys()], {}, had));
    }
    fork.leave();
    await fork.settled();
    for (const { id } of fork.bundle.values()) this.#holders.delete(id);
    await this.#stock.discard([fork.bundle]);
  }

  #onSlice(id: string, work: (slice: NonNullable<ReturnType<Fork['slice']>>, signal: AbortSignal) => Promise<void>) {
    const fork = this.#holders.get(id);
    const slice = fork?.slice(id);
    if (fork === undefined || slice === undefined) return Promise.reject(unknown('lease', id));
    return fork.inTurn(() => work(slice, fork.gone));
  }

  #fork(id: string, session: string): Fork {
    const fork = this.#forks.get(id);
    if (fork?.session !== session) throw unknown('fork', id);
    return fork;
  }

  async #prepare(name: string, signal: AbortSignal): Promise<void> {
    const service = this.#options.plan.services.find((planned) => planned.name === name);
    const isolation = service === undefined ? undefined : defaultIsolation(service);
    if (isolation === undefined) return;
    try {
      await this.#bench(name, isolation).isolator.prepare(signal);
    } catch (error) {
      // Whoever leases nothing of it is not to be kept from it; whoever does is told.
      if (!PortsideError.is(error) || error.code !== 'LEASE_UNSUPPORTED') throw error;
      this.#options.log('warn', error.message, { hint: error.hint });
    }
  }

  #bench(service: string, isolation: Isolation): Bench {
    const key = `${service}=${isolation}`;
    const known = this.#benches.get(key);
    if (known !== undefined) return known;
    const isolator = this.#options.makeIsolator(service, isolation);
    const { creators, capacity } = isolator;
    const bench = {
      isolator,
      making: new Turns(creators),
      ...(capacity === undefined ? {} : { existing: new Turns(capacity) }),
    };
    this.#benches.set(key, bench);
    return bench;
  }

  #tooLate(limit: number, services: readonly string[]): PortsideError {
    const { maxActive } = this.#options.plan.definition.settings.leases;
    return new PortsideError(
      'LEASE_TIMEOUT',
      `Cannot lease ${services.map((name) => `'${name}'`).join(', ')}: nothing came free within ${limit} ms. ` +
        `Forks at this time: ${this.#forks.size}, of which ${this.#active.waiting} wait for one of ${maxActive} places.`,
      { hint: `Release leases earlier ('portside ps' lists them), or raise leases.maxActive or leases.queueTimeout.` },
    );
  }
}

function unknown(what: string, id: string): PortsideError {
  return new PortsideError(
    'LEASE_UNKNOWN',
    `Cannot find the ${what} '${id}': it was released, or its session has ended.`,
    {
      hint: `'portside ps' lists the leases.`,
    },
  );
}

function unsupported(service: string): never {
  throw new PortsideError(
    'LEASE_UNSUPPORTED',
    `Cannot keep the state of '${service}' under a name: its kind has no snapshots.`,
    {
      hint: 'Databases have them; reset() works for every lease.',
      service,
    },
  );
}
