import type { RemoteInfo, Socket } from 'node:dgram';
import { type Metrics, noTelemetry, PortsideError } from '../model/index.js';
import { AnnouncedServices } from './announced-services.js';
import { type Announcement, type AnnouncementAction, type RejectionReason, rejectionReasons } from './announcement.js';
import {
  type BroadcastOptions,
  type Channel,
  defaultChannels,
  defaultInterface,
  formatChannel,
  parseChannel,
} from './channel.js';
import { AnnouncementGate } from './gate.js';
import { isQuestion } from './question.js';
import { RejectionLog } from './rejection-log.js';
import { signingKey } from './signature.js';
import { closeSocket, openReceiver } from './socket.js';
import { defaultSources, sourceFilter } from './sources.js';

/** An announcement with the address it came from and the channel it came by. */
export interface Heard {
  readonly announcement: Announcement;
  readonly source: string;
  readonly channel: string;
}

/** A datagram that was not believed. */
export interface Rejection {
  readonly reason: RejectionReason;
  readonly detail?: string;
  readonly source: string;
  readonly channel: string;
}

/** What a listener is made with. */
export interface ListenerOptions extends BroadcastOptions {
  /** IPv4 ranges that announcements may come from. Default: this machine; private networks too on another interface. */
  readonly allowedSources?: readonly string[];
  /** By how much an announcement's timestamp may differ from the clock, in milliseconds. Default 30,000. */
  readonly windowMs?: number;
  /** The longest time to live that is accepted, in seconds. Default 3600. */
  readonly maxTtlSeconds?: number;
  /** How many nonces are remembered against replays. Default 65,536. */
  readonly maxNonces?: number;
  /** How many announcements wait for a slow reader of `listen` before the oldest is dropped. Default 1024. */
  readonly maxQueued?: number;
  /** How many services are kept in `services`. Default 10,000. */
  readonly maxServices?: number;
  /** Called with every datagram that is not believed, for a log. */
  readonly onRejection?: (rejection: Rejection) => void;
  /** Called with every error of reading, and with what a handler throws. */
  readonly onError?: (error: unknown) => void;
}

/** What became of all that a listener read. */
export interface ListenerCounts {
  readonly accepted: number;
  readonly rejected: Readonly<Record<RejectionReason, number>>;
  /** Announcements that were older than what is known, or of one service too many: they change nothing in `services`. */
  readonly ignored: number;
  /** Announcements that a slow reader of `listen` lost. */
  readonly dropped: number;
  readonly readErrors: number;
  readonly handlerErrors: number;
}

/** Hears announcements on all its channels. Nothing that is received, and no error of reading, ends it; `stop` does. */
export class Listener implements AsyncDisposable {
  /** The services that were announced and still hold. */
  readonly services: AnnouncedServices;
  readonly #options: ListenerOptions;
  readonly #channels: readonly Channel[];
  readonly #interface: string;
  readonly #gate: AnnouncementGate;
  readonly #metrics: Metrics;
  readonly #rejections: RejectionLog;
  readonly #handlers = new Set<(heard: Heard) => void>();
  readonly #questions = new Set<(name: string) => void>();
  readonly #sockets: Socket[] = [];
  readonly #end = new AbortController();
  readonly #rejected = Object.fromEntries(rejectionReasons.map((reason) => [reason, 0])) as Record<
    RejectionReason,
    number
  >;
  #accepted = 0;
  #dropped = 0;
  #ignored = 0;
  #readErrors = 0;
  #handlerErrors = 0;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  /** Throws `BROADCAST_INVALID` when an option cannot be. */
  constructor(options: ListenerOptions) {
    const { now, channels = defaultChannels, maxServices, windowMs = 30_000 } = options;
    const { maxTtlSeconds = 3600, maxNonces = 65_536 } = options;
    this.#options = options;
    this.#channels = channels.map(parseChannel);
    this.#interface = options.interface ?? defaultInterface;
    const isAllowedSource = sourceFilter(options.allowedSources ?? defaultSources(this.#interface));
    const key = signingKey(options.secret);
    const { metrics, log } = options.telemetry ?? noTelemetry;
    this.#metrics = metrics;
    this.#rejections = new RejectionLog(log, () => performance.now());
    this.#gate = new AnnouncementGate({ key, now, isAllowedSource, windowMs, maxTtlSeconds, maxNonces });
    this.services = new AnnouncedServices({ now, ...(maxServices === undefined ? {} : { limit: maxServices }) });
  }

  /** The channels that it listens on. */
  get channels(): readonly string[] {
    return this.#channels.map(formatChannel);
  }

  /** What became of all that was read so far. */
  get counts(): ListenerCounts {
    return {
      accepted: this.#accepted,
      rejected: { ...this.#rejected },
      ignored: this.#ignored,
      dropped: this.#dropped,
      readErrors: this.#readErrors,
      handlerErrors: this.#handlerErrors,
    };
  }

  /** Joins the channels; resolves when announcements arrive. Throws `BROADCAST_FAILED` when that cannot be. */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  /** Calls the handler with every later announcement of this action; the function given back ends that. */
  on(action: AnnouncementAction, handler: (heard: Heard) => void): () => void {
    return this.#subscribe((heard) => {
      if (heard.announcement.action === action) handler(heard);
    });
  }

  /** Calls the handler with every name that somebody asks for; the function given back ends that. See `Announcer.answer`. */
  onQuestion(handler: (name: string) => void): () => void {
    this.#questions.add(handler);
    return () => this.#questions.delete(handler);
  }

  /**
   * Starts the listener if it has not been started, and gives every announcement from now on, until the signal aborts or the
   * listener stops.
   */
  listen(signal?: AbortSignal): AsyncGenerator<Heard, void, undefined> {
    const { maxQueued = 1024 } = this.#options;
    const queue: Heard[] = [];
    let wake = (): void => {};
    const unsubscribe = this.#subscribe((heard) => {
      queue.push(heard);
      if (queue.length > maxQueued) {
        queue.shift();
        this.#dropped++;
      }
      wake();
    });
    const end = signal === undefined ? this.#end.signal : AbortSignal.any([this.#end.signal, signal]);
    const started = this.#end.signal.aborted ? Promise.resolve() : this.start();
    // Thrown to the reader below, who may not have come yet.
    started.catch(() => {});
    const read = async function* (): AsyncGenerator<Heard, void, undefined> {
      const onAbort = (): void => wake();
      end.addEventListener('abort', onAbort);
      try {
        if (!end.aborted) await started;
        while (!end.aborted) {
          const next = queue.shift();
          if (next !== undefined) yield next;
          else {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
        }
      } finally {
        end.removeEventListener('abort', onAbort);
        unsubscribe();
      }
    };
    return read();
  }

  /** Leaves the channels and ends every `listen`. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #start(): Promise<void> {
    try {
      for (const channel of this.#channels) {
        if (this.#end.signal.aborted) throw stopped();
        const name = formatChannel(channel);
        const socket = await openReceiver(channel, this.#interface, {
          onDatagram: (datagram, remote) => this.#receive(datagram, remote, name),
          onError: (error) => {
            this.#readErrors++;
            this.#metrics.counter('discovery_broadcast_errors_total', { type: 'receive' }).add();
            this.#options.onError?.(error);
          },
        });
        this.#sockets.push(socket);
      }
      if (this.#end.signal.aborted) throw stopped();
    } catch (error) {
      await this.#closeSockets();
      // Another start may try again.
      this.#starting = undefined;
      throw error;
    }
  }

  async #stop(): Promise<void> {
    this.#end.abort();
    await this.#starting?.catch(() => {});
    await this.#closeSockets();
    this.#handlers.clear();
    this.#questions.clear();
  }

  async #closeSockets(): Promise<void> {
    await Promise.all(this.#sockets.splice(0).map(closeSocket));
  }

  #subscribe(handler: (heard: Heard) => void): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  #receive(datagram: Buffer, remote: RemoteInfo, channel: string): void {
    if (this.#end.signal.aborted) return;
    const source = remote.address;
    const reading = this.#gate.admit(datagram, source);
    if ('rejected' in reading) {
      this.#rejected[reading.rejected]++;
      const detail = reading.detail === undefined ? {} : { detail: reading.detail };
      this.#metrics.counter('discovery_broadcast_errors_total', { type: 'receive' }).add();
      this.#rejections.add({ reason: reading.rejected, source, channel });
      this.#guard(() => this.#options.onRejection?.({ reason: reading.rejected, ...detail, source, channel }));
      return;
    }
    this.#accepted++;
    const { service, action } = reading.announcement;
    this.#metrics.counter('discovery_announcements_received_total', { action }).add();
    if (isQuestion(service)) {
      for (const handler of [...this.#questions]) this.#guard(() => handler(service.name));
      return;
    }
    if (!this.services.apply(reading.announcement)) this.#ignored++;
    const heard: Heard = { announcement: reading.announcement, source, channel };
    for (const handler of [...this.#handlers]) this.#guard(() => handler(heard));
  }

  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#handlerErrors++;
      this.#options.onError?.(error);
    }
  }
}

function stopped(): PortsideError {
  return new PortsideError('BROADCAST_FAILED', 'Cannot listen for announcements: the listener has been stopped.', {
    hint: 'Make a new Listener.',
  });
}
