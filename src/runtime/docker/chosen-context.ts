import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EngineAddress, parseAddress } from './address.js';
import { dockerConfigFolder, type HostEnvironment, readDockerConfig, sshAgentOf } from './docker-config.js';

/** The Docker context that the user has chosen, and the engine it names (`undefined`: it cannot be read). */
export interface ChosenContext {
  readonly name: string;
  readonly address: EngineAddress | undefined;
}

/** Finds the context of `DOCKER_CONTEXT` or `docker context use`; `undefined`: none, or the built-in `default`. */
export function chosenContext(environment: HostEnvironment): ChosenContext | undefined {
  const name = environment['DOCKER_CONTEXT'] || readDockerConfig(environment).currentContext;
  if (!name || name === 'default') return undefined;
  return { name, address: addressOf(name, environment) };
}

function addressOf(name: string, environment: HostEnvironment): EngineAddress | undefined {
  // Docker's client names the folder of a context by the hash of its name.
  const id = createHash('sha256').update(name).digest('hex');
  const contexts = join(dockerConfigFolder(environment), 'contexts');
  try {
    const meta = JSON.parse(readFileSync(join(contexts, 'meta', id, 'meta.json'), 'utf8'));
    const endpoint: { Host?: string; SkipTLSVerify?: boolean } | undefined = meta?.Endpoints?.docker;
    if (endpoint?.Host === undefined) return undefined;
    const folder = join(contexts, 'tls', id, 'docker');
    return parseAddress(endpoint.Host, {
      origin: `the Docker context '${name}'`,
      explicit: true,
      ...(existsSync(folder) ? { tls: { folder, verify: endpoint.SkipTLSVerify !== true } } : {}),
      ...sshAgentOf(environment),
    });
  } catch {
    return undefined;
  }
}
