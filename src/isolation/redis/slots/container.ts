import { randomBytes } from 'node:crypto';
import { probe, type RedisConnection, waitUntilReady } from '../../../health/index.js';
import { type BoundPort, type PlannedService, type RedisEndpoint, unlessAborted } from '../../../model/index.js';
import type { IsolationHost, StartedCopy } from '../../isolator.js';
import type { Dump } from '../dump.js';
import { refused, unreachable } from '../failure.js';
import type { LeasedServer } from '../leased-server.js';
import { redisEndpoint } from '../redis-endpoint.js';
import { openWith, RedisSession, refusalIn } from '../session.js';
import { slotsService } from './planned.js';
import { secretVariable } from './script.js';

/** So many servers are in one container. */
export const slotsPerContainer = 8;

/** How long a server may take to be replaced, in seconds. */
const renewalLimitS = 30;

/** One container with several servers of a service, which starts a new one in the place of each that is given back. */
export class SlotContainer {
  readonly #service: PlannedService;
  readonly #copy: StartedCopy;
  readonly #control: RedisEndpoint;

  private constructor(service: PlannedService, copy: StartedCopy) {
    this.#service = service;
    this.#copy = copy;
    this.#control = redisEndpoint(copy.endpoint);
  }

  /** Starts the container. `words`: what starts one server. Errors: those of a start. */
  static async start(
    host: IsolationHost,
    id: string,
    words: readonly string[],
    seed: Dump | undefined,
    signal: AbortSignal,
  ): Promise<SlotContainer> {
    const secret = randomBytes(24).toString('hex');
    const planned = slotsService(host.service, { id, count: slotsPerContainer, words, secret });
    const copy = await host.startCopy(planned, { [secretVariable]: secret }, signal);
    try {
      const container = new SlotContainer(host.service, copy);
      await container.#begin(seed, signal);
      return container;
    } catch (error) {
      await copy.remove();
      throw error;
    }
  }

  /** Aborts when the container has ended. */
  get ended(): AbortSignal {
    return this.#copy.ended;
  }

  /** The ports of the servers. */
  get slots(): readonly BoundPort[] {
    return this.#copy.ports.slice(1);
  }

  /** Gives one of the servers to a lease, when it is ready; `release` is called once it is no longer used and new again. */
  async lend(slot: BoundPort, release: () => void, signal: AbortSignal): Promise<LeasedServer> {
    await this.#ready(slot, signal);
    const { target: port, protocol } = slot;
    const login = { user: undefined, password: undefined, database: 0, ...this.#service.definition.credentials };
    const own = { ...login, database: Number(login.database), id: `${this.#copy.endpoint.id}:${port}` };
    const inside = { target: port, protocol, host: this.#copy.name, port };
    const renew = async (data: Dump | undefined, until: AbortSignal) => {
      await this.#renew(slot, data, until);
      await this.#ready(slot, until);
    };
    return {
      endpoint: redisEndpoint(this.#copy.endpoint, { ...own, host: slot.host, port: slot.port, ports: [slot] }),
      inner: redisEndpoint(this.#copy.inner, { ...own, host: inside.host, port, ports: [inside] }),
      ended: this.ended,
      reset: (until) => renew(undefined, until),
      load: renew,
      remove: async () => {
        await this.#renew(slot, undefined, AbortSignal.timeout(renewalLimitS * 1000));
        release();
      },
    };
  }

  /** Ends all its servers. */
  remove(): Promise<void> {
    return this.#copy.remove();
  }

  async #begin(seed: Dump | undefined, signal: AbortSignal): Promise<void> {
    const { name } = this.#service;
    const attempt = `lease service '${name}'`;
    const session = new RedisSession(name, () => this.#control);
    try {
      const data = seed === undefined ? [] : [['SET', 'seed', seed.bytes]];
      const replies = await session.run(attempt, [...data, ['LPUSH', 'begin', seed?.bytes.length ?? 0]], signal);
      const refusal = refusalIn(replies);
      if (refusal !== undefined) throw refused(name, attempt, refusal);
    } finally {
      session.close();
    }
  }

  /** Waits on a connection of its own, as the answer comes only when the old server is gone. */
  async #renew({ target }: BoundPort, data: Dump | undefined, signal: AbortSignal): Promise<void> {
    const { name } = this.#service;
    const attempt = `reset the lease of '${name}'`;
    const token = randomBytes(8).toString('hex');
    const length = data?.bytes.length ?? 0;
    const sent = data === undefined ? [] : [['SET', `data:${token}`, data.bytes, 'EX', 2 * renewalLimitS]];
    const order = ['LPUSH', `order:${target}`, `${token} ${length}`];
    const done = ['BLPOP', `done:${token}`, renewalLimitS];
    let connection: RedisConnection | undefined;
    try {
      connection = await openWith(this.#control, signal);
      const replies = await unlessAborted(connection.send([...sent, order, done]), signal);
      const isLate = replies.at(-1) === null;
      const failure = refusalIn(replies) ?? (isLate ? 'its server was not replaced in time' : undefined);
      if (failure !== undefined) throw refused(name, attempt, failure);
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(name, attempt, error);
    } finally {
      connection?.close();
    }
  }

  async #ready({ host, port }: BoundPort, signal: AbortSignal): Promise<void> {
    const { name, definition } = this.#service;
    const { credentials } = definition;
    const target = { host, portOf: () => port, ...(credentials === undefined ? {} : { credentials }) };
    const late = AbortSignal.timeout(renewalLimitS * 1000);
    let answer = 'none';
    try {
      await waitUntilReady((attempt) => probe({ type: 'redis', port }, target, attempt), {
        signal: AbortSignal.any([signal, late]),
        initialIntervalMs: 5,
        onAttempt: (result) => {
          // Not by a signal that is made of this one: it lives long, and would remember each of them.
          this.ended.throwIfAborted();
          if (!result.ok) answer = result.reason;
        },
      });
    } catch (error) {
      if (!late.aborted || signal.aborted || this.ended.aborted) throw error;
      throw refused(name, `lease service '${name}'`, `its server does not start. Current answer is '${answer}'`);
    }
  }
}
