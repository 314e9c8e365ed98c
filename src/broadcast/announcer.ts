import { type KeyObject, randomBytes } from 'node:crypto';
import type { Socket } from 'node:dgram';
import { type Metrics, noTelemetry, PortsideError } from '../model/index.js';
import type { AnnouncedService, AnnouncementAction } from './announcement.js';
import {
  type BroadcastOptions,
  type Channel,
  defaultChannels,
  defaultInterface,
  formatChannel,
  parseChannel,
} from './channel.js';
import { encodeAnnouncement } from './codec.js';
import { question } from './question.js';
import { signingKey } from './signature.js';
import { closeSocket, openSender, sendTo } from './socket.js';

/** What an announcer is made with. */
export interface AnnouncerOptions extends BroadcastOptions {
  /** How many routers an announcement may pass; 0 keeps it on this machine. Default 0. */
  readonly hopLimit?: number;
  /** For how long an announcement holds, in seconds. Default 60. */
  readonly ttlSeconds?: number;
  /** Pause between two heartbeats, in milliseconds; shorter than the time to live. Default 30,000. */
  readonly intervalMs?: number;
  /** Gives so many random bytes. Default `randomBytes` of `node:crypto`. */
  readonly random?: (size: number) => Uint8Array;
  /** Called with every failure to send a heartbeat or a bye. */
  readonly onError?: (error: PortsideError) => void;
}

/** How long a question is worth answering, in seconds, and the least pause between two answers for one name, in milliseconds. */
const questionTtlSeconds = 5;
const answerPauseMs = 50;

/** How many datagrams an announcer sent, and how many it could not send. */
export interface AnnouncerCounts {
  readonly sent: number;
  readonly sendErrors: number;
}

/**
 * Tells others of services by signed UDP multicast. A service that is registered or updated is announced again in every
 * interval until it is deregistered; `stop` says bye for those that are left. Keeps no process alive.
 */
export class Announcer implements AsyncDisposable {
  readonly #key: KeyObject | undefined;
  readonly #channels: readonly Channel[];
  readonly #interface: string;
  readonly #hopLimit: number;
  readonly #ttlSeconds: number;
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #random: (size: number) => Uint8Array;
  readonly #onError: (error: PortsideError) => void;
  readonly #metrics: Metrics;
  readonly #services = new Map<string, AnnouncedService>();
  readonly #sending = new Set<Promise<void>>();
  readonly #answeredAt = new Map<string, number>();
  #socket: Promise<Socket> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;
  #sent = 0;
  #sendErrors = 0;

  /** Throws `BROADCAST_INVALID` when an option cannot be. */
  constructor(options: AnnouncerOptions) {
    const { hopLimit = 0, ttlSeconds = 60, intervalMs = 30_000, channels = defaultChannels } = options;
    check('hopLimit', hopLimit, Number.isInteger(hopLimit) && hopLimit >= 0 && hopLimit <= 255, 'from 0 to 255');
    check(
      'ttlSeconds',
      ttlSeconds,
      Number.isInteger(ttlSeconds) && ttlSeconds > 0,
      'a whole number of seconds above 0',
    );
    check(
      'intervalMs',
      intervalMs,
      intervalMs > 0 && intervalMs < ttlSeconds * 1000,
      'above 0 and below the time to live',
    );
    this.#key = signingKey(options.secret);
    this.#channels = channels.map(parseChannel);
    this.#interface = options.interface ?? defaultInterface;
    this.#hopLimit = hopLimit;
    this.#ttlSeconds = ttlSeconds;
    this.#intervalMs = intervalMs;
    this.#now = options.now;
    this.#random = options.random ?? randomBytes;
    this.#onError = options.onError ?? (() => {});
    this.#metrics = (options.telemetry ?? noTelemetry).metrics;
  }

  /** How many datagrams were sent and failed so far. */
  get counts(): AnnouncerCounts {
    return { sent: this.#sent, sendErrors: this.#sendErrors };
  }

  /**
   * Announces a service once on every channel. `register` and `update` begin its heartbeats, `deregister` ends them.
   * Credentials of an endpoint are never sent.
   * Throws `BROADCAST_INVALID` when the service does not fit the format, `BROADCAST_FAILED` when it could not be sent.
   */
  async announce(action: AnnouncementAction, service: AnnouncedService): Promise<void> {
    this.#checkOpen(service.name);
    const datagrams = this.#encode(action, service);
    if (action === 'register' || action === 'update') this.#services.set(service.id, service);
    if (action === 'deregister') this.#services.delete(service.id);
    this.#beat();
    await this.#send(action, service.name, datagrams);
  }

  /**
   * Asks all announcers of the channels to tell of the services of this name now, rather than at their next heartbeat. Throws as
   * `announce` does.
   */
  async ask(name: string): Promise<void> {
    this.#checkOpen(name);
    await this.#send('heartbeat', name, this.#encode('heartbeat', question(name), questionTtlSeconds));
  }

  /** Tells again of the services of this name, as an answer; a name that is asked for often is answered 20 times a second at most. */
  answer(name: string): void {
    const now = performance.now();
    if (this.#stopping !== undefined || now - (this.#answeredAt.get(name) ?? -answerPauseMs) < answerPauseMs) return;
    const asked = [...this.#services.values()].filter((service) => service.name === name);
    if (asked.length === 0) return;
    this.#answeredAt.set(name, now);
    for (const service of asked) void this.#sendQuietly('heartbeat', service);
  }

  /** Says bye for every service that is still announced, then closes the socket. Never rejects. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #checkOpen(name: string): void {
    if (this.#stopping === undefined) return;
    throw new PortsideError('BROADCAST_FAILED', `Cannot announce '${name}': the announcer has been stopped.`, {
      hint: 'Make a new Announcer.',
      service: name,
    });
  }

  async #stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.allSettled([...this.#sending]);
    await Promise.all([...this.#services.values()].map((service) => this.#sendQuietly('deregister', service)));
    this.#services.clear();
    const socket = await this.#socket?.catch(() => undefined);
    if (socket !== undefined) await closeSocket(socket);
  }

  #beat(): void {
    this.#timer ??= setInterval(() => {
      for (const service of this.#services.values()) void this.#sendQuietly('heartbeat', service);
    }, this.#intervalMs).unref();
  }

  async #sendQuietly(action: AnnouncementAction, service: AnnouncedService): Promise<void> {
    try {
      await this.#send(action, service.name, this.#encode(action, service));
    } catch (error) {
      this.#onError(error as PortsideError);
    }
  }

  /** One datagram a channel, each with a nonce of its own, so that who listens on several sees no replay. */
  #encode(
    action: AnnouncementAction,
    service: AnnouncedService,
    ttlSeconds = this.#ttlSeconds,
  ): readonly (readonly [Channel, Buffer])[] {
    const timestamp = this.#now();
    return this.#channels.map((channel) => {
      const nonce = Buffer.from(this.#random(16)).toString('hex');
      return [channel, encodeAnnouncement({ action, service, timestamp, ttlSeconds, nonce }, this.#key)];
    });
  }

  #send(action: AnnouncementAction, name: string, datagrams: readonly (readonly [Channel, Buffer])[]): Promise<void> {
    const sending = this.#sendAll(action, name, datagrams);
    this.#sending.add(sending);
    const done = (): boolean => this.#sending.delete(sending);
    sending.then(done, done);
    return sending;
  }

  async #sendAll(
    action: AnnouncementAction,
    name: string,
    datagrams: readonly (readonly [Channel, Buffer])[],
  ): Promise<void> {
    const socket = await this.#open();
    const sent = this.#metrics.counter('discovery_announcements_sent_total', { action });
    const results = await Promise.allSettled(
      datagrams.map(async ([channel, datagram]) => {
        await sendTo(socket, channel, datagram);
        this.#sent++;
        sent.add();
      }),
    );
    const failed = results.flatMap((result, index) =>
      result.status === 'rejected' ? [{ channel: this.#channels[index], cause: result.reason as Error }] : [],
    );
    this.#sendErrors += failed.length;
    this.#metrics.counter('discovery_broadcast_errors_total', { type: 'send' }).add(failed.length);
    const [first] = failed;
    if (first?.channel === undefined) return;
    throw new PortsideError(
      'BROADCAST_FAILED',
      `Cannot announce '${name}' on ${formatChannel(first.channel)} at ${this.#interface}: ${first.cause.message}.`,
      {
        hint: 'Name the IPv4 address of an interface of this machine that can multicast.',
        service: name,
        cause: first.cause,
      },
    );
  }

  async #open(): Promise<Socket> {
    this.#socket ??= openSender(this.#interface, this.#hopLimit, () => this.#sendErrors++);
    try {
      return await this.#socket;
    } catch (error) {
      // The interface may come up later: the next announcement tries again.
      this.#socket = undefined;
      this.#sendErrors++;
      throw error;
    }
  }
}

function check(option: string, value: number, valid: boolean, wanted: string): void {
  if (valid) return;
  throw new PortsideError(
    'BROADCAST_INVALID',
    `Cannot announce: '${option}' must be ${wanted}. Current value is ${value}.`,
  );
}
