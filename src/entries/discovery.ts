// What `portside/discovery` exports.
import { resolve } from 'node:path';
import { Announcer, Listener, optionsOfSection } from '../broadcast/index.js';
import {
  broadcastSecret,
  type ConfigLocation,
  loadConfig,
  readSection,
  type SectionSettings,
  type SectionSpecs,
  stateFolder,
} from '../config/index.js';
import {
  BroadcastStrategy,
  DefaultPortStrategy,
  DiscoveryClient,
  type DiscoveryStrategy,
  DnsStrategy,
  endpointFromText,
  FileStrategy,
  RegistryStrategy,
  type StrategyName,
} from '../discovery/index.js';
import { type Credentials, PortsideError, type Telemetry } from '../model/index.js';
import type { RegistryAddress } from '../registry/index.js';
import { defaultPlace } from './default-place.js';
import { findRegistry } from './find-registry.js';
import { handshake } from './handshake.js';

export {
  BroadcastStrategy,
  type BroadcastStrategyOptions,
  type CacheOptions,
  type DefaultPlace,
  DefaultPortStrategy,
  type DefaultPortStrategyOptions,
  DiscoveryClient,
  type DiscoveryClientOptions,
  type DiscoveryStrategy,
  DnsStrategy,
  type DnsStrategyOptions,
  FileStrategy,
  type FileStrategyOptions,
  type FindOptions,
  RegistryStrategy,
  type RegistryStrategyOptions,
  type StrategyName,
} from '../discovery/index.js';
export type { Endpoint, ServiceEvent } from '../model/index.js';

/** What the section `discovery` of a configuration may say; each key in snake case or in camel case. */
export type DiscoverySection = SectionSpecs['discovery'];

/** What a discovery client needs besides its section. */
export interface DiscoveryParts {
  /** The section `broadcast`. */
  readonly broadcast?: SectionSpecs['broadcast'];
  /** The registry server; default: `discovery.registry_url`, else the one that `findRegistry` of `portside/registry` gives. */
  readonly registry?: RegistryAddress;
  /** Logins of services, by name, that the strategies `default` needs to know them by. */
  readonly credentials?: Readonly<Record<string, Credentials>>;
  /** Further strategies, which are tried after the others. */
  readonly strategies?: readonly DiscoveryStrategy[];
  readonly telemetry?: Telemetry;
}

/**
 * Makes a discovery client. `section`: as under `discovery`, in snake case or in camel case; default: the strategies `default`,
 * `registry`, `broadcast` and `dns`, and `file` where a file is named. Throws `CONFIG_INVALID`, `STATE_FOLDER_UNSAFE`.
 */
export function createDiscoveryClient(section: DiscoverySection = {}, parts: DiscoveryParts = {}): DiscoveryClient {
  return clientOf(readSection('discovery', section), readSection('broadcast', parts.broadcast ?? {}), parts);
}

/**
 * Makes the discovery client that the sections `discovery` and `broadcast` of the configuration file describe: of `configFile`, else of
 * the `portside.config.*` that is found from `cwd` (default: the working folder) upwards. Its `file` is named from its folder. Throws
 * as `createDiscoveryClient` does.
 */
export async function loadDiscoveryClient(
  location: Partial<Omit<ConfigLocation, 'environment'>> = {},
  parts: Omit<DiscoveryParts, 'broadcast'> = {},
): Promise<DiscoveryClient> {
  const config = await loadConfig({ cwd: process.cwd(), ...location, environment: process.env });
  const { discovery = {}, broadcast = {} } = config?.sections ?? {};
  const file =
    discovery.file === undefined || config === undefined ? {} : { file: resolve(config.directory, discovery.file) };
  return clientOf({ ...discovery, ...file }, broadcast, parts);
}

type Section = NonNullable<SectionSettings['discovery']>;
type BroadcastSection = NonNullable<SectionSettings['broadcast']>;

function clientOf(section: Section, broadcast: BroadcastSection, parts: DiscoveryParts): DiscoveryClient {
  const { enabled = true, timeouts = {}, cache = {}, overrides = {}, file } = section;
  if (!enabled) {
    throw new PortsideError('CONFIG_INVALID', 'Cannot discover services: discovery is switched off.', {
      hint: 'Set discovery.enabled to true.',
    });
  }
  const order: readonly StrategyName[] = section.strategies ?? [
    'default',
    'registry',
    'broadcast',
    'dns',
    ...(file === undefined ? [] : ['file' as const]),
  ];
  const used = broadcast.enabled === false ? order.filter((name) => name !== 'broadcast') : order;
  const { telemetry, strategies = [] } = parts;
  return new DiscoveryClient({
    strategies: [...used.map((name) => strategyOf(name, section, broadcast, parts)), ...strategies],
    ...(timeouts.overall === undefined ? {} : { timeoutMs: timeouts.overall }),
    cache: {
      ...(cache.enabled === undefined ? {} : { enabled: cache.enabled }),
      ...(cache.ttl === undefined ? {} : { ttlMs: cache.ttl }),
      ...(cache.maxEntries === undefined ? {} : { maxEntries: cache.maxEntries }),
    },
    overrides: Object.fromEntries(
      Object.entries(overrides).map(([name, text]) => [
        name,
        [endpointFromText(`override/${name}`, name, text, Date.now())],
      ]),
    ),
    ...(telemetry === undefined ? {} : { telemetry }),
  });
}

function strategyOf(
  name: StrategyName,
  { timeouts = {}, registryUrl, dns = {}, file }: Section,
  broadcast: BroadcastSection,
  { registry, credentials = {}, telemetry }: DiscoveryParts,
): DiscoveryStrategy {
  const now = Date.now;
  const within = (timeoutMs: number | undefined): { timeoutMs?: number } =>
    timeoutMs === undefined ? {} : { timeoutMs };
  switch (name) {
    case 'default':
      return new DefaultPortStrategy({
        placeOf: (service) => defaultPlace(service, credentials[service]),
        handshake,
        now,
        ...within(timeouts.defaultPortCheck),
      });
    case 'registry':
      return new RegistryStrategy({
        registry: registry ?? (() => addressOf(registryUrl)),
        ...within(timeouts.registryLookup),
      });
    case 'broadcast': {
      const secret = broadcastSecret(stateFolder(process.env), process.env);
      const options = optionsOfSection(broadcast, { secret, now, ...(telemetry === undefined ? {} : { telemetry }) });
      const asking = new Announcer(options.announcer);
      return new BroadcastStrategy({
        listener: () => new Listener(options.listener),
        ask: (service) => asking.ask(service),
        stop: () => asking.stop(),
        channel: broadcast.multicastAddress ?? '239.255.0.1:7001',
        now,
        ...within(timeouts.broadcastWait),
      });
    }
    case 'dns':
      return new DnsStrategy({ ...dns, now, ...within(timeouts.dnsResolution) });
    case 'file':
      if (file !== undefined) return new FileStrategy({ path: file, now });
      throw new PortsideError('CONFIG_INVALID', "Cannot discover services: the strategy 'file' has no file.", {
        hint: 'Set discovery.file to a YAML or JSON file.',
      });
  }
}

/** Gives the registry of the URL with the token that is known for it, else any that is found. */
function addressOf(url: string | undefined): RegistryAddress | undefined {
  const found = findRegistry();
  if (url === undefined) return found;
  const token = found?.url === url ? found.token : (process.env['PORTSIDE_REGISTRY_TOKEN'] ?? '');
  return { url, token };
}
