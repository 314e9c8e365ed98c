import { addressOf, type Credentials, type Endpoint, type EndpointKind } from '../../model/index.js';
import { endpointOf } from '../../registry/index.js';
import type { DiscoveryStrategy } from '../strategy.js';

/** Where a service stands when nobody has moved it, and how it is recognised there. */
export interface DefaultPlace {
  readonly kind: EndpointKind;
  readonly port: number;
  readonly credentials?: Credentials;
}

/** What the default-port strategy is made with. */
export interface DefaultPortStrategyOptions {
  /** Gives the place of a service by its name; `undefined` when it has none, or none that can be recognised. */
  readonly placeOf: (name: string) => DefaultPlace | undefined;
  /** Speaks the protocol of the service at its place: tells whether it is what was asked for, else why not. */
  readonly handshake: (
    place: DefaultPlace & { readonly host: string },
    signal: AbortSignal,
  ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>;
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** How long the look may take, in milliseconds. Default 100. */
  readonly timeoutMs?: number;
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
}

/** Finds services at their default port, when what answers there speaks their protocol (R4). */
export class DefaultPortStrategy implements DiscoveryStrategy {
  readonly name = 'default';
  readonly timeoutMs: number;
  readonly #options: DefaultPortStrategyOptions;
  readonly #host: string;

  constructor(options: DefaultPortStrategyOptions) {
    this.#options = options;
    this.#host = options.host ?? '127.0.0.1';
    this.timeoutMs = options.timeoutMs ?? 100;
  }

  describe(name: string): string {
    const place = this.#options.placeOf(name);
    if (place === undefined) return 'no default port';
    return `${place.kind} at ${addressOf({ host: this.#host, port: place.port })}`;
  }

  async find(name: string, signal: AbortSignal): Promise<readonly Endpoint[]> {
    const { placeOf, handshake, now } = this.#options;
    const place = placeOf(name);
    if (place === undefined) return [];
    const host = this.#host;
    const answer = await handshake({ ...place, host }, signal);
    if (!answer.ok) throw new Error(answer.reason);
    const { kind, port, credentials: { user, password, database } = {} } = place;
    const login = {
      ...(user === undefined ? {} : { user }),
      ...(password === undefined ? {} : { password }),
      ...(database === undefined ? {} : { database }),
    };
    return [endpointOf(`default/${name}`, { name, host, port, kind, ...login }, { now: now() })];
  }
}
