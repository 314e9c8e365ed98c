import { lookup } from 'node:dns/promises';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type Docker from 'dockerode';
import { type EngineAddress, isLocal } from './address.js';
import { connectClient } from './client.js';
import type { HostEnvironment } from './docker-config.js';
import { isAtLeast, spokenApi } from './engine-version.js';
import type { FoundEngine } from './find-engine.js';

/** A connected engine. */
export interface Engine {
  readonly client: Docker;
  readonly address: EngineAddress;
  /** True when host paths and host routes of this process are those of the engine. */
  readonly local: boolean;
  /** The host address that ports are bound to. */
  readonly bindAddress: string;
  /** The literal address at which this process reaches bound ports. */
  readonly host: string;
  /** Tells whether the API that is spoken with the engine is at least this version, for example `1.44`. */
  speaks(apiVersion: string): boolean;
  /** Closes the connections. */
  close(): void;
}

/** Connects to an engine that was found, and works out where its ports are reached from here. */
export async function connectEngine(found: FoundEngine, environment: HostEnvironment): Promise<Engine> {
  const { address } = found;
  const apiVersion = spokenApi(found);
  const { client, close } = connectClient(address, apiVersion);
  const reach = await reachOf(client, address, environment);
  return { client, address, ...reach, speaks: (version) => isAtLeast(apiVersion, version), close };
}

async function reachOf(
  client: Docker,
  address: EngineAddress,
  environment: HostEnvironment,
): Promise<Pick<Engine, 'bindAddress' | 'host' | 'local'>> {
  // The same variable that Testcontainers reads: whoever needs it has set it already.
  const override = environment['TESTCONTAINERS_HOST_OVERRIDE'];
  if (override) return { bindAddress: '0.0.0.0', host: await literal(override), local: isLocal(address) };
  if (!isLocal(address) && address.transport !== 'socket') {
    return { bindAddress: '0.0.0.0', host: await literal(address.host), local: false };
  }
  const gateway = await gatewayFromInside(client);
  if (gateway !== undefined) return { bindAddress: '0.0.0.0', host: gateway, local: false };
  return { bindAddress: '127.0.0.1', host: '127.0.0.1', local: true };
}

/** When this process itself runs in a container of the engine: the address of the engine's host as seen from in here. */
async function gatewayFromInside(client: Docker): Promise<string | undefined> {
  if (!existsSync('/.dockerenv') && !existsSync('/run/.containerenv')) return undefined;
  try {
    const { NetworkSettings } = await client.getContainer(hostname()).inspect();
    return Object.values(NetworkSettings.Networks).find((network) => network.Gateway)?.Gateway;
  } catch {
    return undefined;
  }
}

async function literal(host: string): Promise<string> {
  const addresses = await lookup(host, { all: true });
  return (addresses.find(({ family }) => family === 4) ?? addresses[0])?.address ?? host;
}
