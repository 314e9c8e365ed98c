import { type EtcdGateway, reasonOf } from './gateway.js';

/** The leases of etcd: what holds by one is gone when it ends. */
export class EtcdLeases {
  readonly #gateway: EtcdGateway;

  constructor(gateway: EtcdGateway) {
    this.#gateway = gateway;
  }

  /** Gives a new lease of so many milliseconds, rounded up to whole seconds. */
  async grant(ttlMs: number): Promise<string> {
    const TTL = String(Math.ceil(ttlMs / 1000));
    const { ID } = await this.#gateway.call<{ ID: string }>('/v3/lease/grant', { TTL });
    return ID;
  }

  /** Lengthens a lease; false when it is over. */
  async keepAlive(lease: string): Promise<boolean> {
    const { result } = await this.#gateway.call<{ result?: { TTL?: string } }>('/v3/lease/keepalive', { ID: lease });
    return Number(result?.TTL ?? 0) > 0;
  }

  /** Ends a lease, unless it has ended by itself. */
  async revoke(lease: string): Promise<void> {
    try {
      await this.#gateway.call('/v3/lease/revoke', { ID: lease });
    } catch (error) {
      if (!isUnknownLease(error)) throw error;
    }
  }
}

/** Tells whether a request failed because the lease that it names is over. */
export function isUnknownLease(error: unknown): boolean {
  return reasonOf(error).includes('lease not found');
}
