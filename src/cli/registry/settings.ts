import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig, settingsFromEnvironment } from '../../config/index.js';
import type { MonitorOptions } from '../../health/index.js';
import { PortsideError } from '../../model/index.js';
import { checkBackend } from '../../registry/index.js';
import type { RegistryRateLimit } from '../../server/index.js';
import type { CliContext } from '../context.js';
import type { RegistryOptions } from '../declarations.js';
import { usageError } from '../usage-error.js';
import { healthCheckOptions } from './health-checks.js';
import { readTls } from './tls-files.js';

/** What a registry process runs with. */
export interface RegistrySettings {
  readonly listen: string;
  readonly storage: {
    readonly backend: 'memory' | 'etcd';
    readonly cleanupIntervalMs: number;
    readonly endpoints?: readonly string[];
    readonly user?: string;
    readonly password?: string;
  };
  readonly ttlMs: number;
  readonly token: string;
  readonly tls?: { readonly cert: string; readonly key: string };
  readonly rateLimit?: RegistryRateLimit | false;
  readonly registryFile?: string;
  readonly auditLog?: string;
  /** How registered services are checked; absent: they are not. */
  readonly healthChecks?: MonitorOptions;
  readonly logLevel: string;
  /** The configuration file that was read. */
  readonly configFile?: string;
}

/**
 * Settles how a registry is served: by options, else by the section `service_registry` of the configuration file, else by
 * default. The token comes from `--token-file` or `PORTSIDE_REGISTRY_TOKEN`; otherwise 256 random bits. etcd's
 * login is `PORTSIDE_ETCD_USER` and `PORTSIDE_ETCD_PASSWORD`. Errors: `USAGE`, `CONFIG_INVALID`.
 */
export async function registrySettings(
  { cwd, environment }: Pick<CliContext, 'cwd' | 'environment'>,
  options: RegistryOptions,
): Promise<RegistrySettings> {
  const configFile = options.config === undefined ? {} : { configFile: options.config };
  const config = await loadConfig({ cwd, environment, ...configFile });
  const section = config?.sections.serviceRegistry ?? {};
  if (section.enabled === false) {
    throw new PortsideError('CONFIG_INVALID', 'Cannot serve the registry: it is switched off.', {
      hint: 'Set service_registry.enabled to true.',
    });
  }
  // Options name files from the working folder, the configuration names them from its own.
  const pick = (option: string | undefined, written: string | undefined): string | undefined =>
    option !== undefined ? resolve(cwd, option) : written && resolve(config?.directory ?? cwd, written);
  const backend = options.storage ?? section.storageBackend ?? 'memory';
  checkBackend(backend);
  const cert = pick(options.tlsCert, section.tlsCert);
  const key = pick(options.tlsKey, section.tlsKey);
  if ((cert === undefined) !== (key === undefined)) {
    throw usageError('TLS needs a certificate and its key.', 'Give both --tls-cert and --tls-key.');
  }
  const endpoints = options.etcd ?? section.etcdEndpoints;
  const { PORTSIDE_ETCD_USER: user, PORTSIDE_ETCD_PASSWORD: password = '' } = environment;
  const registryFile = pick(options.registryFile, section.registryFile);
  const auditLog = pick(options.auditLog, section.auditLog);
  const healthChecks = healthCheckOptions(section.healthChecks);
  return {
    listen: options.listen ?? section.listenAddress ?? '127.0.0.1:0',
    storage: {
      backend,
      cleanupIntervalMs: section.cleanupInterval ?? 30_000,
      ...(endpoints === undefined ? {} : { endpoints }),
      ...(user ? { user, password } : {}),
    },
    ttlMs: options.ttl ?? section.ttlDefault ?? 60_000,
    token: tokenOf(options.tokenFile && resolve(cwd, options.tokenFile), environment),
    ...(cert === undefined || key === undefined
      ? {}
      : {
          tls: readTls({
            cert: { path: cert, byOption: options.tlsCert !== undefined },
            key: { path: key, byOption: options.tlsKey !== undefined },
          }),
        }),
    ...(section.rateLimit === undefined ? {} : { rateLimit: section.rateLimit }),
    ...(registryFile === undefined ? {} : { registryFile }),
    ...(auditLog === undefined ? {} : { auditLog }),
    ...(healthChecks === undefined ? {} : { healthChecks }),
    logLevel: settingsFromEnvironment(environment).logLevel ?? 'info',
    ...(config === undefined ? {} : { configFile: config.file }),
  };
}

function tokenOf(file: string | undefined, environment: CliContext['environment']): string {
  if (file) return read(file).trim();
  return environment['PORTSIDE_REGISTRY_TOKEN'] || randomBytes(32).toString('base64url');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw usageError(`'${path}' cannot be read: ${(cause as Error).message}.`, 'Check the path and who may read it.');
  }
}
