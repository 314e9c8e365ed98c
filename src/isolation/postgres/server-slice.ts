import type { Endpoint } from '../../model/index.js';
import type { Slice } from '../isolator.js';
import { keptPrefix, type OwnServer } from './own-server.js';
import { Steps } from './steps.js';

/** A server with the service's own superuser and database. */
export class ServerSlice implements Slice {
  readonly id: string;
  readonly service: string;
  readonly isolation = 'server';
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly inner: Endpoint;
  readonly ended: AbortSignal;
  readonly #own: OwnServer;
  readonly #steps: Steps;

  constructor(id: string, own: OwnServer) {
    const { endpoint, inner, ended } = own.copy;
    this.id = id;
    this.service = own.server.service;
    this.name = `${endpoint.host}:${endpoint.port}`;
    this.endpoint = { ...endpoint, id: `${this.service}-${id}` };
    this.inner = { ...inner, id: `${this.service}-${id}` };
    this.ended = ended;
    this.#own = own;
    this.#steps = new Steps(id, this.service);
  }

  reset(signal: AbortSignal): Promise<void> {
    return this.#steps.run('reset', signal, async (attempt) => {
      await this.#own.bringBack(attempt, `${keptPrefix}initial`);
      await this.#own.clear(attempt);
    });
  }

  readonly snapshot = (name: string, signal: AbortSignal): Promise<void> =>
    this.#steps.snapshot(name, signal, async (attempt, kept, older) => {
      await this.#own.keep(attempt, kept);
      if (older !== undefined) await this.#own.forget(attempt, older);
    });

  readonly restore = (name: string, signal: AbortSignal): Promise<void> =>
    this.#steps.restore(name, signal, (attempt, kept) => this.#own.bringBack(attempt, `${keptPrefix}${kept}`));

  remove(): Promise<void> {
    return this.#steps.remove(async () => {
      this.#own.server.close();
      await this.#own.copy.remove();
    });
  }
}
