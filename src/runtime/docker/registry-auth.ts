import type Docker from 'dockerode';
import { type HostEnvironment, readDockerConfig } from './docker-config.js';

/** Credentials as the engine passes them to a registry. */
export interface RegistryAuth {
  readonly serveraddress: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
}

/** Gives the registry that an image's name begins with; `undefined`: the engine's default. */
export function registryOf(image: string): string | undefined {
  const [first = '', second] = image.split('/');
  return second !== undefined && (/[.:]/.test(first) || first === 'localhost') ? first : undefined;
}

/** Finds what `docker login` has stored for an image's registry; `undefined`: nothing. The engine knows its default registry. */
export async function registryAuth(
  image: string,
  engine: Pick<Docker, 'info'>,
  environment: HostEnvironment,
): Promise<RegistryAuth | undefined> {
  const config = readDockerConfig(environment);
  if (config.auths === undefined && config.credsStore === undefined && config.credHelpers === undefined)
    return undefined;
  const registry = registryOf(image) ?? ((await engine.info()) as { IndexServerAddress: string }).IndexServerAddress;
  for (const find of await locators()) {
    // A credential helper that is configured and not installed counts as one that knows nothing.
    const found = await find(registry, config).catch(() => undefined);
    if (found === undefined) continue;
    const serveraddress = found.registryAddress;
    if ('identityToken' in found) return { serveraddress, identitytoken: found.identityToken };
    return { serveraddress, username: found.username, password: found.password };
  }
  return undefined;
}

/**
 * The places where credentials are kept, as testcontainers reads them (D7): helpers of single registries, the one for all, the
 * configuration itself. Loaded by module, because the whole package takes far longer, and only when an image is pulled.
 */
async function locators() {
  const [{ CredHelpers }, { CredsStore }, { Auths }] = await Promise.all([
    import('testcontainers/build/container-runtime/auth/cred-helpers.js'),
    import('testcontainers/build/container-runtime/auth/creds-store.js'),
    import('testcontainers/build/container-runtime/auth/auths.js'),
  ]);
  const all = [new CredHelpers(), new CredsStore(), new Auths()];
  return all.map((locator) => locator.getAuthConfig.bind(locator));
}
