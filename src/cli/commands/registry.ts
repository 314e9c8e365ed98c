import { rmSync } from 'node:fs';
import { stateFolder } from '../../config/index.js';
import { type EventLog, identifyProcess, unlessAborted } from '../../model/index.js';
import { mirrorToFile, observeRegistry, openStorage, writeRegistryRecord } from '../../registry/index.js';
import { createRegistryServer } from '../../server/index.js';
import { createLogger, createTelemetry } from '../../telemetry/index.js';
import type { RegistryOptions } from '../declarations.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { openAuditLog } from '../registry/audit-log.js';
import { followSettings } from '../registry/follow-settings.js';
import { checkHealth } from '../registry/health-checks.js';
import { listen } from '../registry/listen.js';
import { type RegistrySettings, registrySettings } from '../registry/settings.js';

/** Serves a registry until Ctrl-C: prints where it listens, and leaves address and token in the state folder for its user. */
export async function registry(invocation: Invocation<RegistryOptions>): Promise<number> {
  const { context, options, output } = invocation;
  const { signal } = context.interrupts;
  const settings = await unlessAborted(registrySettings(context, options), signal);
  const { token, tls, rateLimit, storage: storageOptions } = settings;
  let { ttlMs } = settings;
  const folder = stateFolder(context.environment);
  const logger = createLogger({ level: options.quiet ? 'silent' : settings.logLevel, destination: 2 });
  const log: EventLog = (level, message, fields = {}) => logger[level](fields, message);
  const startedAt = context.now();
  // Times to live must not depend on a clock that somebody sets.
  const origin = performance.now();
  const now = (): number => Math.round(startedAt + performance.now() - origin);
  await using storage = await unlessAborted(openStorage({ ...storageOptions, now, log }), signal);
  const telemetry = createTelemetry(log);
  observeRegistry(storage.registry, telemetry);
  const server = createRegistryServer({
    storage,
    token,
    defaultTtlMs: () => ttlMs,
    audit: openAuditLog(settings.auditLog ?? `${folder}/registry-audit.log`, {
      byOption: options.auditLog !== undefined,
    }),
    telemetry,
    metering: () => telemetry.metrics.exposition(),
    ...(tls === undefined ? {} : { tls }),
    ...(rateLimit === undefined ? {} : { rateLimit }),
  });
  const closeFile =
    settings.registryFile === undefined
      ? undefined
      : mirrorToFile(storage.registry, settings.registryFile, (err) =>
          log('error', 'Cannot write the registry file', { err }),
        );
  const check = ({ healthChecks }: RegistrySettings): (() => void) | undefined =>
    healthChecks === undefined ? undefined : checkHealth(storage, healthChecks, telemetry);
  let endChecks = check(settings);
  const following = await followSettings({
    settings,
    load: () => registrySettings(context, options),
    apply: (next) => {
      ({ ttlMs } = next);
      endChecks?.();
      endChecks = check(next);
    },
    log,
  });
  let record: string | undefined;
  try {
    const address = await listen(server, settings.listen);
    const url = `${tls === undefined ? 'http' : 'https'}://${address}`;
    record = writeRegistryRecord(folder, { process: identifyProcess(), url, token, startedAt });
    output.result(
      { url, record, pid: process.pid, storage: storage.backend },
      () => `registry at ${url}\ntoken in ${record}`,
    );
    if (tls === undefined && !/^(?:tcp:\/\/)?(?:127\.|\[::1\]|localhost:)/.test(settings.listen)) {
      output.note('warning: without TLS the token can be read on the network; give --tls-cert and --tls-key.');
    }
    await aborted(signal);
    return exitCodes.ok;
  } finally {
    if (record !== undefined) rmSync(record, { force: true });
    await following?.close();
    endChecks?.();
    await server.close();
    await closeFile?.();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve());
    if (signal.aborted) resolve();
  });
}
