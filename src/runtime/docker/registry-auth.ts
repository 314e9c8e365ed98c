import { spawn } from 'node:child_process';
import { type DockerClientConfig, type HostEnvironment, readDockerConfig, type StoredAuth } from './docker-config.js';

/** Credentials as the engine passes them to a registry. */
export interface RegistryAuth {
  readonly serveraddress: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

const dockerHub = 'https://index.docker.io/v1/';

/** Gives the registry of an image's name: `docker.io` unless the name begins with a host. */
export function registryOf(image: string): string {
  const [first = '', second] = image.split('/');
  return second !== undefined && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}

/** Finds what `docker login` has stored for a registry, in a credential helper or in the configuration; `undefined`: nothing. */
export async function registryAuth(registry: string, environment: HostEnvironment): Promise<RegistryAuth | undefined> {
  const config = readDockerConfig(environment);
  const address = registry === 'docker.io' ? dockerHub : registry;
  const helper = helperOf(config, address, registry);
  if (helper !== undefined) {
    const stored = await askHelper(helper, address, environment);
    if (stored !== undefined) return stored;
  }
  const entry = Object.entries(config.auths ?? {}).find(([name]) => hostOf(name) === hostOf(address));
  return entry === undefined ? undefined : decode(entry[1], address);
}

function helperOf(config: DockerClientConfig, address: string, registry: string): string | undefined {
  return config.credHelpers?.[address] ?? config.credHelpers?.[registry] ?? config.credsStore;
}

function decode(stored: StoredAuth, serveraddress: string): RegistryAuth | undefined {
  if (stored.identitytoken) return { serveraddress, identitytoken: stored.identitytoken };
  const text = Buffer.from(stored.auth ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  const username = stored.username ?? text.slice(0, Math.max(0, colon));
  const password = stored.password ?? text.slice(colon + 1);
  return username === '' ? undefined : { serveraddress, username, password };
}

/** Asks `docker-credential-<name> get`, which reads the address and answers in JSON; `undefined`: it knows none. */
function askHelper(
  name: string,
  serveraddress: string,
  environment: HostEnvironment,
): Promise<RegistryAuth | undefined> {
  return new Promise((resolve) => {
    const child = spawn(`docker-credential-${name}`, ['get'], {
      env: { ...environment },
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: 30_000,
    });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', () => resolve(undefined));
    child.on('close', () => resolve(parse(Buffer.concat(output).toString(), serveraddress)));
    child.stdin.on('error', () => resolve(undefined));
    child.stdin.end(serveraddress);
  });
}

function parse(text: string, serveraddress: string): RegistryAuth | undefined {
  try {
    const { Username, Secret } = JSON.parse(text) as { Username?: string; Secret?: string };
    if (!Username || Secret === undefined) return undefined;
    // The helpers' protocol: this name says that the secret is a token.
    if (Username === '<token>') return { serveraddress, identitytoken: Secret };
    return { serveraddress, username: Username, password: Secret };
  } catch {
    return undefined;
  }
}

function hostOf(address: string): string {
  const host = address.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
  return host === 'docker.io' || host === 'registry-1.docker.io' ? 'index.docker.io' : host;
}
