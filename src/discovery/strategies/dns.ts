import { Resolver } from 'node:dns/promises';
import { type Endpoint, PortsideError } from '../../model/index.js';
import { endpointOf } from '../../registry/index.js';
import type { DiscoveryStrategy } from '../strategy.js';

/** What the DNS strategy is made with. */
export interface DnsStrategyOptions {
  /** Name servers, as `10.96.0.10` or `127.0.0.1:5353`. Default: the system's. */
  readonly servers?: readonly string[];
  /** What is added to names, for example `default.svc.cluster.local`. Default: nothing. */
  readonly domain?: string;
  /** Ports of services that have address records but no SRV record. */
  readonly ports?: Readonly<Record<string, number>>;
  /** How long one look-up may take, in milliseconds. Default 2000. */
  readonly timeoutMs?: number;
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
}

/** What a name server says when there is no such record. */
const absent = ['ENODATA', 'ENOTFOUND'];

/**
 * Finds services in DNS, as Kubernetes and Swarm offer them: by the SRV record `_name._tcp`, whose targets are looked up in turn, else
 * by the addresses of the name, on the port that is given for it.
 */
export class DnsStrategy implements DiscoveryStrategy {
  readonly name = 'dns';
  readonly timeoutMs: number;
  readonly #options: DnsStrategyOptions;

  constructor(options: DnsStrategyOptions) {
    this.#options = options;
    this.timeoutMs = options.timeoutMs ?? 2000;
  }

  describe(name: string): string {
    const { servers } = this.#options;
    const from = servers === undefined ? '' : ` at ${servers.join(', ')}`;
    return `SRV ${this.#service(name)}, then A and AAAA ${this.#host(name)}${from}`;
  }

  async find(name: string, signal: AbortSignal): Promise<readonly Endpoint[]> {
    const resolver = new Resolver({ timeout: Math.max(1, Math.ceil(this.timeoutMs / 2)), tries: 2 });
    if (this.#options.servers !== undefined) resolver.setServers(this.#options.servers);
    const onAbort = (): void => resolver.cancel();
    signal.addEventListener('abort', onAbort);
    try {
      const targets = await this.#targets(name, resolver);
      const found = await Promise.all(
        targets.map(async ({ host, port }) => (await addresses(resolver, host)).map((address) => ({ address, port }))),
      );
      return found.flat().map(({ address, port }) => this.#endpoint(name, address, port));
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Gives the hosts and ports to look up: those of the SRV records by priority and weight, else the name itself. */
  async #targets(name: string, resolver: Resolver): Promise<readonly { host: string; port: number }[]> {
    const records = await ifPresent(resolver.resolveSrv(this.#service(name)));
    if (records.length > 0) {
      return records
        .toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)
        .map((record) => ({ host: record.name, port: record.port }));
    }
    const port = this.#options.ports?.[name];
    const host = this.#host(name);
    if (port !== undefined) return [{ host, port }];
    if ((await addresses(resolver, host)).length === 0) return [];
    throw new PortsideError('DISCOVERY_FAILED', `${host} has addresses, but no SRV record and no port that is known`, {
      hint: `Set discovery.dns.ports['${name}'].`,
    });
  }

  #service(name: string): string {
    return `_${name}._tcp${this.#domain()}`;
  }

  #host(name: string): string {
    return `${name}${this.#domain()}`;
  }

  #domain(): string {
    const { domain } = this.#options;
    return domain === undefined ? '' : `.${domain}`;
  }

  #endpoint(name: string, host: string, port: number): Endpoint {
    return endpointOf(`dns/${name}@${host}:${port}`, { name, host, port }, { now: this.#options.now() });
  }
}

async function addresses(resolver: Resolver, host: string): Promise<readonly string[]> {
  const [four, six] = await Promise.all([ifPresent(resolver.resolve4(host)), ifPresent(resolver.resolve6(host))]);
  return [...four, ...six];
}

async function ifPresent<Value>(records: Promise<readonly Value[]>): Promise<readonly Value[]> {
  try {
    return await records;
  } catch (error) {
    if (absent.includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
