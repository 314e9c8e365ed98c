import { type HostEnvironment, readDockerConfig } from './docker-config.js';

/** Variables of proxies, by their keys in Docker's client configuration. */
const names = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  noProxy: 'NO_PROXY',
  ftpProxy: 'FTP_PROXY',
  allProxy: 'ALL_PROXY',
} as const;

/**
 * Gives the variables that Docker's client sets in containers and builds, in upper and lower case: the `proxies` of its
 * configuration for the engine at this address, else those for all engines (`default`).
 */
export function proxyVariables(engine: string, environment: HostEnvironment): Readonly<Record<string, string>> {
  const { proxies } = readDockerConfig(environment);
  const settings = proxies?.[engine] ?? proxies?.['default'] ?? {};
  const variables = Object.entries(names).flatMap(([key, name]) => {
    const value = settings[key as keyof typeof names];
    if (typeof value !== 'string' || value === '') return [];
    return [
      [name, value],
      [name.toLowerCase(), value],
    ];
  });
  return Object.fromEntries(variables);
}
