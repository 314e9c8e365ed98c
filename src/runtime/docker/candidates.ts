import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PortsideError } from '../../model/index.js';
import { type EngineAddress, parseAddress } from './address.js';
import { chosenContext } from './chosen-context.js';
import { dockerConfigFolder, type HostEnvironment, homeFolder, sshAgentOf } from './docker-config.js';

/**
 * Lists the addresses at which an engine may answer, best first. One that the user named (`DOCKER_HOST`, a Docker context)
 * is the only one. Throws ENGINE_UNREACHABLE when what was named is no address.
 */
export function candidateAddresses(environment: HostEnvironment): readonly EngineAddress[] {
  const named = environment['DOCKER_HOST'];
  if (named) return [explicitAddress(named, environment)];
  const context = chosenContext(environment);
  if (context !== undefined) {
    if (context.address !== undefined) return [context.address];
    throw new PortsideError(
      'ENGINE_UNREACHABLE',
      `Cannot reach a Docker engine: the Docker context '${context.name}' cannot be read.`,
      { hint: 'Choose another one with `docker context use NAME`, or name the engine in DOCKER_HOST.' },
    );
  }
  const urls = [...testcontainersUrls(environment), ...standardUrls(environment)];
  return [...new Set(urls)].flatMap((url) => parseAddress(url, { origin: 'the usual places', explicit: false }) ?? []);
}

function explicitAddress(url: string, environment: HostEnvironment): EngineAddress {
  // Docker's own client: any text in DOCKER_TLS_VERIFY switches TLS and the check of the certificate on.
  const verify = Boolean(environment['DOCKER_TLS_VERIFY']);
  const folder = environment['DOCKER_CERT_PATH'] || (verify ? dockerConfigFolder(environment) : undefined);
  const tls = folder === undefined ? {} : { tls: { folder, verify } };
  const address = parseAddress(url, { origin: 'DOCKER_HOST', explicit: true, ...tls, ...sshAgentOf(environment) });
  if (address !== undefined) return address;
  throw new PortsideError(
    'ENGINE_UNREACHABLE',
    `Cannot reach a Docker engine: DOCKER_HOST is no engine address. Current value is '${url}'.`,
    { hint: 'Write unix:///path/to/docker.sock, tcp://host:2375, npipe:////./pipe/docker_engine or ssh://user@host.' },
  );
}

function standardUrls(environment: HostEnvironment): readonly string[] {
  if (process.platform === 'win32')
    return ['npipe:////./pipe/docker_engine', 'npipe:////./pipe/podman-machine-default'];
  const home = homeFolder(environment);
  const runtimeFolder = environment['XDG_RUNTIME_DIR'] || `/run/user/${process.getuid?.() ?? 0}`;
  return [
    '/var/run/docker.sock',
    join(runtimeFolder, 'docker.sock'),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.orbstack/run/docker.sock'),
    join(home, '.rd/docker.sock'),
    join(runtimeFolder, 'podman/podman.sock'),
    '/run/podman/podman.sock',
  ].map((path) => `unix://${path}`);
}

/** The engine that a user of Testcontainers has configured already. */
function testcontainersUrls(environment: HostEnvironment): readonly string[] {
  let text: string;
  try {
    text = readFileSync(join(homeFolder(environment), '.testcontainers.properties'), 'utf8');
  } catch {
    return [];
  }
  return ['tc.host', 'docker.host'].flatMap((key) => {
    const value = text.split(/\r?\n/).find((line) => line.split('=')[0]?.trim() === key);
    return value === undefined ? [] : [value.slice(value.indexOf('=') + 1).trim()];
  });
}
