import { setTimeout as sleep } from 'node:timers/promises';
import { type Endpoint, type EndpointStatus, type EventLog, PortsideError } from '../../model/index.js';
import { ServiceRegistry } from '../service-registry.js';
import type { RegistryStorage } from '../storage.js';
import { EtcdGateway, type EtcdGatewayOptions, reasonOf } from './gateway.js';
import { EtcdLeases, isUnknownLease } from './leases.js';
import {
  decoded,
  encoded,
  type KeyValue,
  prefixEnd,
  type RangeAnswer,
  type TxnAnswer,
  type WatchMessage,
} from './messages.js';

/** What an etcd storage is made with. */
export interface EtcdStorageOptions extends EtcdGatewayOptions {
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
  /** What all keys begin with. Default `/portside`. */
  readonly prefix?: string;
  /** How often it is asked whether etcd still answers, in milliseconds. Default 3000. */
  readonly pingIntervalMs?: number;
  readonly log?: EventLog;
}

/** What etcd is known to hold of an id: the lease that it holds by, and when it was written. */
interface Known {
  readonly lease?: string;
  readonly revision: bigint;
}

/** So often it is tried to change what others change at the same moment. */
const mostAttempts = 10;

/** Pauses before the connection is tried again, in milliseconds: the first, and the longest. */
const firstPauseMs = 50;
const longestPauseMs = 1000;

/**
 * Keeps endpoints in etcd, for registries on several machines. An endpoint's time to live is an etcd lease (whole seconds, rounded
 * up), so it ends although whoever registered it is gone. The registry here is a view that a watch keeps true. While etcd does not
 * answer, the view stays as it was, each endpoint for its time to live at most; then everything is read anew.
 */
export class EtcdStorage implements RegistryStorage {
  readonly backend = 'etcd';
  readonly registry: ServiceRegistry;
  readonly #gateway: EtcdGateway;
  readonly #leases: EtcdLeases;
  readonly #options: EtcdStorageOptions;
  readonly #folder: string;
  readonly #end = new AbortController();
  /** Lease and revision of what is in the view, by id; of what was removed here, until the watch tells it, the revision. */
  readonly #known = new Map<string, Known>();
  /** The newest revision that was heard of. */
  #revision = 0n;
  #lostAt: number | undefined;
  #following: Promise<void> | undefined;

  constructor(options: EtcdStorageOptions) {
    this.#options = options;
    this.#gateway = new EtcdGateway(options);
    this.#leases = new EtcdLeases(this.#gateway);
    this.#folder = `${options.prefix ?? '/portside'}/services/`;
    this.registry = new ServiceRegistry({
      now: options.now,
      isExpired: ({ ttlMs }) =>
        this.#lostAt !== undefined && ttlMs !== undefined && options.now() - this.#lostAt >= ttlMs,
    });
  }

  /** Whether etcd answers, as far as is known. */
  get connected(): boolean {
    return this.#lostAt === undefined;
  }

  async start(): Promise<void> {
    if (this.#following !== undefined) return;
    const revision = await this.#load();
    this.#following = this.#follow(revision);
  }

  async put(endpoint: Endpoint, { ifAbsent = false }: { readonly ifAbsent?: boolean } = {}): Promise<boolean> {
    const { id, ttlMs } = endpoint;
    if (ttlMs === undefined) return this.#put(endpoint, ifAbsent, undefined);
    const kept = await this.#keptLease(id, ttlMs);
    try {
      return await this.#put(endpoint, ifAbsent, kept ?? (await this.#leases.grant(ttlMs)));
    } catch (error) {
      // Somebody has deregistered it at this moment, and its lease with it.
      if (kept === undefined || !isUnknownLease(error)) throw error;
      return this.#put(endpoint, ifAbsent, await this.#leases.grant(ttlMs));
    }
  }

  async #put(endpoint: Endpoint, ifAbsent: boolean, lease: string | undefined): Promise<boolean> {
    const request = {
      request_put: { key: this.#key(endpoint.id), value: encoded(JSON.stringify(endpoint)), ...(lease && { lease }) },
    };
    const absent = [{ key: this.#key(endpoint.id), target: 'CREATE', result: 'EQUAL', create_revision: '0' }];
    const { succeeded = false, header } = await this.#gateway.call<TxnAnswer>('/v3/kv/txn', {
      ...(ifAbsent ? { compare: absent } : {}),
      success: [request],
    });
    const revision = BigInt(header.revision);
    if (succeeded) this.#store(endpoint, { revision, ...(lease && { lease }) }, revision);
    return succeeded;
  }

  async heartbeat(id: string): Promise<Endpoint | undefined> {
    const lease = this.#known.get(id)?.lease;
    if (this.registry.get(id) === undefined) return undefined;
    if (lease !== undefined && !(await this.#leases.keepAlive(lease))) return undefined;
    return this.registry.heartbeat(id);
  }

  async setStatus(id: string, status: EndpointStatus): Promise<boolean> {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const endpoint = this.registry.get(id);
      const known = this.#known.get(id);
      if (endpoint === undefined || known === undefined) return false;
      if (endpoint.status === status) return true;
      if (known.lease !== undefined) await this.#leases.keepAlive(known.lease);
      const set = await this.#replace({ ...endpoint, status, lastHeartbeat: this.#options.now() }, known);
      if (set !== undefined) return set;
    }
    throw new PortsideError(
      'REGISTRY_CONFLICT',
      `Cannot set the status of '${id}': it is registered again and again.`,
      {
        hint: 'Look for several processes that register under this id.',
        service: id,
      },
    );
  }

  /**
   * Writes the endpoint in the place of the one that is known, whose lease it keeps; false when there is none any more. When there
   * is another one, that becomes known, and `undefined` is given.
   */
  async #replace(endpoint: Endpoint, known: Known): Promise<boolean | undefined> {
    const key = this.#key(endpoint.id);
    const { succeeded, header, responses } = await this.#gateway.call<TxnAnswer>('/v3/kv/txn', {
      compare: [{ key, target: 'MOD', result: 'EQUAL', mod_revision: String(known.revision) }],
      success: [{ request_put: { key, value: encoded(JSON.stringify(endpoint)), ignore_lease: true } }],
      failure: [{ request_range: { key } }],
    });
    const revision = BigInt(header.revision);
    if (succeeded) {
      this.#store(endpoint, { ...known, revision }, revision);
      return true;
    }
    const other = responses?.[0]?.response_range?.kvs?.[0];
    // The watch tells that it is gone.
    if (other === undefined) return false;
    this.#take(other, revision);
    return undefined;
  }

  async remove(id: string): Promise<boolean> {
    const key = this.#key(id);
    const { kvs: [found] = [] } = await this.#gateway.call<RangeAnswer>('/v3/kv/range', { key });
    if (found === undefined) return false;
    // A lease takes with it what holds by it. Ended after the removal, it could take a registration that came between.
    const { lease = '0' } = found;
    if (lease !== '0') await this.#leases.revoke(lease);
    const { header } = await this.#gateway.call<RangeAnswer>('/v3/kv/deleterange', { key });
    if (this.#known.has(id)) this.#known.set(id, { revision: BigInt(header.revision) });
    this.registry.deregister(id);
    return true;
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#following;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #key(id: string): string {
    return encoded(`${this.#folder}${id}`);
  }

  /** Gives the lease that the id already has when it still lives and is as long. */
  async #keptLease(id: string, ttlMs: number): Promise<string | undefined> {
    const known = this.#known.get(id)?.lease;
    if (known === undefined || this.registry.get(id)?.ttlMs !== ttlMs) return undefined;
    return (await this.#leases.keepAlive(known)) ? known : undefined;
  }

  /** Takes in everything that is stored, and gives the revision that it was read at. */
  async #load(): Promise<bigint> {
    const newest = this.#revision;
    const { kvs = [], header } = await this.#gateway.call<RangeAnswer>('/v3/kv/range', this.#all());
    const revision = BigInt(header.revision);
    // Revisions only grow, unless somebody has put another etcd in the place of this one.
    if (revision < newest) for (const id of this.#known.keys()) this.#known.set(id, { revision: -1n });
    const found = new Set(kvs.map((kv) => this.#take(kv, revision)));
    for (const id of [...this.#known.keys()]) if (!found.has(id)) this.#forget(id, revision);
    this.#revision = revision;
    this.#lostAt = undefined;
    return revision;
  }

  #all(): { key: string; range_end: string } {
    return { key: encoded(this.#folder), range_end: encoded(prefixEnd(this.#folder)) };
  }

  /** Follows the changes after a revision; begins again after every failure, until the storage is closed. */
  async #follow(loaded: bigint): Promise<void> {
    let revision: bigint | undefined = loaded;
    let pauseMs = firstPauseMs;
    while (!this.#end.signal.aborted) {
      try {
        revision ??= await this.#load();
        if (pauseMs > firstPauseMs) this.#options.log?.('info', 'etcd answers again');
        pauseMs = firstPauseMs;
        await this.#watch(revision + 1n);
      } catch (error) {
        if (this.#end.signal.aborted) return;
        if (this.#lostAt === undefined) {
          this.#lostAt = this.#options.now();
          this.#options.log?.('warn', 'etcd does not answer', { reason: reasonOf(error) });
        }
        revision = undefined;
        await sleep(pauseMs, undefined, { signal: this.#end.signal, ref: false }).catch(() => undefined);
        pauseMs = Math.min(longestPauseMs, pauseMs * 2);
      }
    }
  }

  /** Takes in changes as they come; throws when the stream breaks, or when etcd stops answering although it stays open. */
  async #watch(from: bigint): Promise<void> {
    const broken = new AbortController();
    const signal = AbortSignal.any([this.#end.signal, broken.signal]);
    const ping = setInterval(() => {
      this.#gateway.call('/v3/kv/range', { ...this.#all(), count_only: true }).catch((error) => broken.abort(error));
    }, this.#options.pingIntervalMs ?? 3000).unref();
    try {
      const create = { create_request: { ...this.#all(), start_revision: String(from) } };
      for await (const message of this.#gateway.stream<WatchMessage>('/v3/watch', create, signal)) {
        // Changes that etcd has compacted away are lost: everything is read anew.
        if (message.canceled) throw new Error(message.cancel_reason ?? 'the watch was cancelled');
        for (const { type, kv } of message.events ?? []) {
          if (type === 'DELETE') this.#forget(this.#idOf(kv.key), BigInt(kv.mod_revision));
          else this.#take(kv);
        }
      }
    } finally {
      clearInterval(ping);
      broken.abort();
    }
  }

  #idOf(key: string): string {
    return decoded(key).slice(this.#folder.length);
  }

  #take(kv: KeyValue, asOf = BigInt(kv.mod_revision)): string {
    const id = this.#idOf(kv.key);
    const revision = BigInt(kv.mod_revision);
    const lease = kv.lease === undefined || kv.lease === '0' ? {} : { lease: kv.lease };
    try {
      this.#store(JSON.parse(decoded(kv.value ?? '')) as Endpoint, { revision, ...lease }, asOf);
    } catch {
      this.#options.log?.('warn', 'Cannot read what etcd holds', { id });
    }
    return id;
  }

  /** The answer to a change of ours and the watch come in either order: what is newer than the news stays. */
  #store(endpoint: Endpoint, entry: Known, asOf: bigint): void {
    const known = this.#known.get(endpoint.id)?.revision;
    if (known !== undefined && (known === entry.revision || known > asOf)) return;
    this.#heard(asOf);
    this.#known.set(endpoint.id, entry);
    this.registry.register(endpoint);
  }

  #heard(revision: bigint): void {
    if (revision > this.#revision) this.#revision = revision;
  }

  #forget(id: string, revision: bigint): void {
    const known = this.#known.get(id);
    this.#heard(revision);
    if (known === undefined || (known.revision > revision && this.registry.get(id) !== undefined)) return;
    this.#known.delete(id);
    this.registry.deregister(id);
  }
}
