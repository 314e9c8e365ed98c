import {
  type Endpoint,
  environmentVariables,
  type Migration,
  type PlannedService,
  PortsideError,
} from '../model/index.js';

/** What a migration runs with. */
export interface MigrateContext {
  readonly endpoint: Endpoint;
  /** The host's environment variables; the addresses of the service are added. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** How many of the last lines of a failed command are shown. */
const shownLines = 40;

/**
 * Brings the data of a service up to date, where its file says how: a command gets `DATABASE_URL`, `PGHOST` and so on, a
 * function the endpoint. Errors: `MIGRATION_FAILED` with the exit code and the command's output.
 */
export async function migrate(service: PlannedService, migration: Migration, context: MigrateContext): Promise<void> {
  if (migration.type === 'function') {
    try {
      await migration.run(context.endpoint);
    } catch (cause) {
      throw failed(service, `its function threw: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
    return;
  }
  const { runCommand } = await import('../runtime/embedded/index.js');
  const { endpoint, environment, signal } = context;
  const { exitCode, output } = await runCommand(shell(migration.command), {
    cwd: migration.cwd,
    env: { ...defined(environment), ...environmentVariables([endpoint]) },
    signal,
  });
  if (exitCode === 0) return;
  const logs = output.trimEnd().split('\n').slice(-shownLines);
  throw failed(service, `'${migration.command}' ended with exit code ${exitCode}`, { logs });
}

function shell(command: string): readonly string[] {
  return process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c', command] : ['/bin/sh', '-c', command];
}

function defined(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function failed(
  service: PlannedService,
  why: string,
  details: { cause?: unknown; logs?: readonly string[] },
): PortsideError {
  return new PortsideError('MIGRATION_FAILED', `Cannot migrate '${service.name}': ${why}.`, {
    hint: details.logs === undefined ? 'Mend the function in the configuration file.' : 'Its last output stands below.',
    service: service.name,
    ...details,
  });
}
