import { existsSync } from 'node:fs';
import { PortsideError } from '../../model/index.js';
import type { EngineAddress } from './address.js';
import { candidateAddresses } from './candidates.js';
import type { HostEnvironment } from './docker-config.js';
import { getJson } from './transport.js';

/** An engine that answered. */
export interface FoundEngine {
  readonly ok: true;
  /** For people: `Docker 28.2.2 at unix:///var/run/docker.sock`. */
  readonly describe: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly minApiVersion: string;
  readonly address: EngineAddress;
}

/** How long a listening engine may take to answer, in milliseconds: one under load is slow, one that is down refuses at once. */
const answerMs = 10_000;

/** No engine answered; the error says where was looked and why it failed. */
export interface NoEngine {
  readonly ok: false;
  readonly error: PortsideError;
}

interface VersionAnswer {
  readonly Version?: string;
  readonly ApiVersion?: string;
  readonly MinAPIVersion?: string;
  readonly Components?: readonly { readonly Name?: string }[];
}

/**
 * Finds the Docker engine: `DOCKER_HOST`, a Docker context, else the usual sockets (Docker, rootless, Desktop, Podman).
 * What the user named and does not answer is an error (ENGINE_UNREACHABLE), never passed over. Takes about 10 ms.
 */
export async function findEngine(environment: HostEnvironment): Promise<FoundEngine | NoEngine> {
  let addresses: readonly EngineAddress[];
  try {
    addresses = candidateAddresses(environment);
  } catch (error) {
    if (PortsideError.is(error)) return { ok: false, error };
    throw error;
  }
  const failures: { readonly address: EngineAddress; readonly error: unknown }[] = [];
  for (const address of addresses) {
    if (!address.explicit && address.transport === 'socket' && !isThere(address.path)) continue;
    try {
      return describeEngine(address, (await getJson(address, '/version', answerMs)) as VersionAnswer);
    } catch (error) {
      failures.push({ address, error });
    }
  }
  return { ok: false, error: unreachable(addresses, failures) };
}

function isThere(path: string): boolean {
  return process.platform === 'win32' || existsSync(path);
}

function describeEngine(address: EngineAddress, answer: VersionAnswer): FoundEngine {
  const version = answer.Version ?? 'of unknown version';
  const program = answer.Components?.some((component) => component.Name === 'Podman Engine') ? 'Podman' : 'Docker';
  const apiVersion = answer.ApiVersion ?? '1.41';
  return {
    ok: true,
    describe: `${program} ${version} at ${address.url}`,
    version,
    apiVersion,
    minApiVersion: answer.MinAPIVersion ?? '1.24',
    address,
  };
}

function unreachable(
  addresses: readonly EngineAddress[],
  failures: readonly { readonly address: EngineAddress; readonly error: unknown }[],
): PortsideError {
  const [first] = addresses;
  if (first?.explicit) {
    return new PortsideError(
      'ENGINE_UNREACHABLE',
      `Cannot reach the Docker engine at ${first.url}: ${reason(failures[0]?.error)}. The address comes from ${first.origin}.`,
      {
        hint: `Start that engine, or correct ${first.origin}; the embedded runtime needs none (\`--runtime embedded\`).`,
        cause: failures[0]?.error,
      },
    );
  }
  const tried =
    failures.length === 0
      ? `none of the usual sockets exists (${first?.url ?? 'none known'}, ...)`
      : failures.map(({ address, error }) => `${address.url}: ${reason(error)}`).join('; ');
  const denied = failures.some(({ error }) => (error as NodeJS.ErrnoException).code === 'EACCES');
  return new PortsideError('ENGINE_UNREACHABLE', `Cannot reach a Docker engine: ${tried}.`, {
    hint: denied
      ? "This user may not use the engine's socket: add the user to the group `docker`, or use a rootless engine."
      : 'Start Docker, or name an engine in DOCKER_HOST, or use the embedded runtime (`--runtime embedded`).',
    cause: failures[0]?.error,
  });
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such socket';
  if (code === 'ECONNREFUSED') return 'nothing listens there';
  if (code === 'EACCES') return 'permission denied';
  // An error that gathers several attempts (IPv6, IPv4) has a code and no message.
  return message || code || 'it does not answer';
}
