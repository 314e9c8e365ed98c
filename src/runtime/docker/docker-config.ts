import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The host's environment variables. */
export type HostEnvironment = Readonly<Record<string, string | undefined>>;

/** What portside uses of Docker's client configuration, `config.json`. */
export interface DockerClientConfig {
  readonly currentContext?: string;
  readonly auths?: Record<string, StoredAuth>;
  /** Name of the program that keeps all credentials: `docker-credential-<name>`. */
  readonly credsStore?: string;
  /** The same for single registries. */
  readonly credHelpers?: Record<string, string>;
  /** What containers and builds are told of proxies, by the engine's address, or `default`. */
  readonly proxies?: Readonly<Record<string, ProxySettings>> | null;
}

/** Proxies as Docker's client passes them on. */
export interface ProxySettings {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy?: string;
  readonly ftpProxy?: string;
  readonly allProxy?: string;
}

/** Credentials as `docker login` stores them without a helper program. */
export interface StoredAuth {
  /** `user:password` in base64. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** Gives the folder of Docker's client configuration: `DOCKER_CONFIG`, else `.docker` in the home folder. */
export function dockerConfigFolder(environment: HostEnvironment): string {
  return environment['DOCKER_CONFIG'] || join(homeFolder(environment), '.docker');
}

/** Gives the home folder that the environment names, else the user's. */
export function homeFolder(environment: HostEnvironment): string {
  return environment['HOME'] || environment['USERPROFILE'] || homedir();
}

/** Reads Docker's client configuration; a missing or unreadable one counts as empty, as it does for Docker's own client. */
export function readDockerConfig(environment: HostEnvironment): DockerClientConfig {
  try {
    return JSON.parse(readFileSync(join(dockerConfigFolder(environment), 'config.json'), 'utf8')) ?? {};
  } catch {
    return {};
  }
}

/** Gives the socket of the SSH agent, as part of an address. */
export function sshAgentOf(environment: HostEnvironment): { readonly sshAgent?: string } {
  return environment['SSH_AUTH_SOCK'] ? { sshAgent: environment['SSH_AUTH_SOCK'] } : {};
}
