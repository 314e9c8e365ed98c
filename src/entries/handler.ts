import type { Server } from 'node:net';
import { addressOf, type EventLog } from '../model/index.js';
import { bindEphemeral } from '../ports/index.js';
import { type Registered, RegistryClient } from '../registry/index.js';
import { findRegistry } from './find-registry.js';

/** What a handler is made with. */
export interface HandlerOptions {
  /** Unique among all handlers. */
  readonly handler_id: string;
  /**
   * Host to listen on, or an address such as `tcp://127.0.0.1:5000`, of which only the host counts. Default `127.0.0.1`. One that
   * listens on all addresses, as by `*`, is registered at the loopback address.
   */
  readonly handler_host?: string;
  /** Accepted as configurations of before have it, and ignored: the system chooses the port. */
  readonly handler_port?: number;
  /** The registry, for example `tcp://127.0.0.1:4242`. Default: the one that `findRegistry` gives. */
  readonly server_address?: string;
  /** The registry's bearer token. Default: that of `findRegistry`. */
  readonly token?: string;
  /** What others may call. */
  readonly methods?: readonly string[];
  /** Name by which others find it. Default: its id. */
  readonly name?: string;
  /** Hears of the address. */
  readonly log?: EventLog;
}

/** Where a server that listens on all addresses is reached from this machine. */
const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * A server that others reach through the registry: it listens on a port that the system chooses, registers the real address, and
 * stays registered until it is closed.
 */
export class Handler implements AsyncDisposable {
  readonly handler_id: string;
  readonly #options: HandlerOptions;
  #address: string | null = null;
  #client: RegistryClient | undefined;
  #registered: Registered | undefined;

  /** `new Handler(id, address, serverAddress)` means the same as the options of these names; of the address only the host counts. */
  constructor(id: string, handlerAddress?: string, serverAddress?: string);
  constructor(options: HandlerOptions);
  constructor(first: string | HandlerOptions, handlerAddress?: string, serverAddress?: string) {
    this.#options =
      typeof first === 'string'
        ? {
            handler_id: first,
            ...(handlerAddress === undefined ? {} : { handler_host: handlerAddress }),
            ...(serverAddress === undefined ? {} : { server_address: serverAddress }),
          }
        : first;
    this.handler_id = this.#options.handler_id;
  }

  /** The real address, `tcp://127.0.0.1:54321`; `null` until it is bound. */
  get handler_address(): string | null {
    return this.#address;
  }

  /**
   * Lets the server listen, registers the real address that it is reached at, and gives that. Errors: `PORT_UNAVAILABLE`, and
   * those of registering, after which the server is closed again.
   */
  async listen(server: Server): Promise<string> {
    const { handler_host: hint, log } = this.#options;
    const bound = await bindEphemeral(server, {
      ...(hint === undefined ? {} : { hint }),
      register: ({ host, port, address }) => {
        log?.('info', 'Handler server listening', { address, note: 'OS-assigned port' });
        return this.#register(loopbackOf[host] ?? host, port);
      },
    });
    this.#address = `tcp://${addressOf({ ...bound, host: loopbackOf[bound.host] ?? bound.host })}`;
    return this.#address;
  }

  /** Takes the registration back; the server is its owner's to close. May be called twice. */
  async close(): Promise<void> {
    await this.#registered?.deregister();
    await this.#client?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #register(host: string, port: number): Promise<void> {
    const { handler_id, name = handler_id, methods = [], server_address, token } = this.#options;
    const found = findRegistry();
    const url = server_address ?? found?.url ?? 'none';
    this.#client = new RegistryClient({ url, token: token ?? found?.token ?? '' });
    this.#registered = await this.#client.keep(handler_id, {
      name,
      host,
      port,
      metadata: { methods: methods.join(',') },
    });
  }
}
