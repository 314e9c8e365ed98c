import { readFileSync } from 'node:fs';
import type Docker from 'dockerode';
import { PortsideError } from '../../model/index.js';

type SecuritySettings = Pick<Docker.HostConfig, 'SecurityOpt' | 'MaskedPaths' | 'ReadonlyPaths'>;

/**
 * Translates `security_opt` as Docker's client does: the engine gets the content of a seccomp profile, and no paths to hide for
 * `systempaths=unconfined`. Throws SERVICE_START_FAILED when a profile cannot be read. `service`: its name, for the error.
 */
export function securityOptions(options: readonly string[] | undefined, service: string): SecuritySettings {
  if (options === undefined) return {};
  const kept = options.filter((option) => option !== 'systempaths=unconfined');
  return {
    SecurityOpt: kept.map((option) => {
      const path = /^seccomp[=:](?!(?:unconfined|builtin)$)(.*)$/.exec(option)?.[1];
      return path === undefined ? option : `seccomp=${readProfile(path, service)}`;
    }),
    ...(kept.length === options.length ? {} : { MaskedPaths: [], ReadonlyPaths: [] }),
  };
}

function readProfile(path: string, service: string): string {
  try {
    return JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new PortsideError(
      'SERVICE_START_FAILED',
      `Cannot start the service '${service}': its seccomp profile ${path} cannot be read (${(error as Error).message}).`,
      { service, hint: 'Correct the profile, or its path under `security_opt`.', cause: error },
    );
  }
}
