import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPostgres, type PostgresConnection, queryOnce } from '../../../health/index.js';
import { PortsideError } from '../../../model/index.js';
import type { Launch, LaunchContext, Launcher } from '../launcher.js';
import { reportsPortTaken } from '../process/port-conflict.js';
import { Program } from '../process/program.js';
import { loopback } from '../references.js';
import { type Account, serverAccount } from './account.js';
import { makeCluster, unpackSnapshot } from './cluster.js';
import type { PostgresPrograms } from './find.js';
import { initScripts, runInitScripts } from './init-scripts.js';
import { makeRunnable } from './runnable.js';
import { serverArguments } from './server-args.js';
import { type ServerSettings, serverSettings } from './settings.js';

const pollMs = 10;

/** A data folder, the programs for it, and what it has to do with snapshots. */
interface Cluster {
  readonly bin: string;
  readonly data: string;
  /** The snapshot that it is or could become. */
  readonly key: string | undefined;
  /** Whether it began as one. */
  readonly isKept: boolean;
}

/**
 * Starts a Postgres server: initialises its data folder, runs the init scripts over a Unix socket while everybody else is
 * still turned away, then lets clients in.
 */
export class PostgresLauncher implements Launcher {
  /** Immediate shutdown: the server ends its own children, and loses nothing that anybody wants to keep. */
  readonly ending = { signal: 'SIGQUIT', graceMs: 2000 } as const;
  readonly #programs: PostgresPrograms;
  readonly #context: LaunchContext;
  readonly #account: Account | undefined = serverAccount();
  readonly #settings: ServerSettings;
  #cluster: Cluster | undefined;
  #initialised = false;

  constructor(programs: PostgresPrograms, context: LaunchContext) {
    this.#programs = programs;
    this.#context = context;
    this.#settings = serverSettings(context.service.definition, context.environment(), context.files);
  }

  async launch(): Promise<Launch> {
    const { service, kept, base, signal } = this.#context;
    this.#cluster ??= await this.#makeCluster();
    const { data, key, isKept } = this.#cluster;
    const hba = join(data, 'pg_hba.conf');
    // A snapshot lacks nothing but a password that is new each time.
    const isComplete = isKept && service.definition.credentials?.passwordGenerated !== true;
    writeFileSync(hba, isComplete ? this.#accessRules() : 'local all all trust\n');
    let started = await this.#startServer();
    if (started.taken) return started;
    if (!this.#initialised && !isComplete) {
      await this.#setPassword(started.connection);
      if (!isKept) await this.#initialise(started.connection);
      this.#initialised = true;
      if (await this.#needsRestart(started.connection)) {
        await started.program.end('SIGINT', 10_000);
        started = await this.#startServer();
        if (started.taken) return started;
      }
    }
    const version = started.connection.parameters.get('server_version')?.split(' ')[0];
    if (!isComplete) {
      writeFileSync(hba, this.#accessRules());
      await started.connection.query('SELECT pg_reload_conf()');
      await this.#letsClientsIn(started.program, signal);
    }
    started.connection.close();
    kept.started(service, key, isKept, { program: started.program, data, programs: this.#programs, env: base });
    return { taken: false, program: started.program, ...(version === undefined ? {} : { version }) };
  }

  async #makeCluster(): Promise<Cluster> {
    const { service, folder, temporary, cache, base, kept, computed, signal } = this.#context;
    const key = kept.keyOf(service, computed, this.#programs);
    const snapshot = key === undefined ? undefined : kept.find(key);
    const { user, initdbArgs } = this.#settings;
    const bin = await makeRunnable(this.#programs, this.#account, temporary);
    const options = {
      service: service.name,
      bin,
      major: this.#programs.major,
      folder,
      cache,
      account: this.#account,
      user,
      args: initdbArgs,
      env: base,
      signal,
    };
    if (snapshot !== undefined) {
      const data = await unpackSnapshot(options, snapshot);
      if (data !== undefined) return { bin, data, key, isKept: true };
    }
    return { bin, data: await makeCluster(options), key, isKept: false };
  }

  /** Starts the server and connects over its Unix socket. */
  async #startServer(): Promise<{ taken: true } | { taken: false; program: Program; connection: PostgresConnection }> {
    const { folder, base, output, service, signal } = this.#context;
    const { bin, data } = this.#cluster as Cluster;
    const port = this.#port();
    const printed: string[] = [];
    const leave = output.listen(({ text }) => printed.push(text));
    try {
      const program = await Program.start({
        command: join(bin, 'postgres'),
        args: ['-D', data, ...serverArguments(this.#context, this.#settings.serverArgs, port, this.#account)],
        cwd: folder,
        env: base,
        account: this.#account,
        output,
      });
      this.#context.started(program);
      for (;;) {
        signal.throwIfAborted();
        if (program.exit !== undefined) {
          if (reportsPortTaken(printed, [port])) return { taken: true };
          throw endedEarly(service.name, program.exit.exitCode, printed);
        }
        const connection = await this.#connect('postgres');
        if (connection !== undefined) return { taken: false, program, connection };
        await sleep(pollMs);
      }
    } finally {
      leave();
    }
  }

  async #connect(database: string): Promise<PostgresConnection | undefined> {
    try {
      const opening = await openPostgres(this.#target(database), this.#context.signal);
      return opening.ok ? opening.connection : undefined;
    } catch {
      this.#context.signal.throwIfAborted();
      return undefined;
    }
  }

  async #setPassword(connection: PostgresConnection): Promise<void> {
    const { user, password } = this.#settings;
    if (password === '') return;
    const sql = `ALTER ROLE ${quoted(user, '"')} PASSWORD ${quoted(password, "'")}`;
    await this.#run(connection, sql, 'POSTGRES_PASSWORD');
  }

  async #initialise(connection: PostgresConnection): Promise<void> {
    const { service, files, signal } = this.#context;
    const { database } = this.#settings;
    const known = await this.#run(connection, `SELECT 1 FROM pg_database WHERE datname = ${quoted(database, "'")}`);
    if (known.length === 0) await this.#run(connection, `CREATE DATABASE ${quoted(database, '"')}`, 'POSTGRES_DB');
    await runInitScripts(initScripts(files), { service: service.name, target: this.#target(database), files, signal });
  }

  async #run(connection: PostgresConnection, sql: string, variable = 'POSTGRES_USER') {
    const result = await connection.query(sql);
    if (result.ok) return result.rows;
    const { name } = this.#context.service;
    throw new PortsideError('SERVICE_START_FAILED', `Cannot start service '${name}': ${result.failure.message}.`, {
      service: name,
      hint: `Look at ${variable}.`,
    });
  }

  /** Whether an init script changed a setting (`ALTER SYSTEM`) that only a restart brings into effect. */
  async #needsRestart(connection: PostgresConnection): Promise<boolean> {
    const pending = await connection.query(
      "SELECT 1 FROM pg_file_settings WHERE NOT applied AND sourcefile LIKE '%postgresql.auto.conf'",
    );
    return pending.ok && pending.rows.length > 0;
  }

  /** Waits until the new access rules are in force. */
  async #letsClientsIn(program: Program, signal: AbortSignal): Promise<void> {
    const { user, database } = this.#settings;
    const target = { address: { host: loopback, port: this.#port() }, user, database };
    while (program.exit === undefined) {
      signal.throwIfAborted();
      const result = await queryOnce(target, 'SELECT 1', signal).catch(() => undefined);
      // Anything but "no entry in pg_hba.conf" says that the rules are in force: being asked for a password does.
      if (result !== undefined && (result.ok || result.failure.code !== '28000')) return;
      await sleep(pollMs);
    }
  }

  #accessRules(): string {
    const major = this.#programs.major ?? 14;
    const method = this.#settings.authMethod ?? (major >= 14 ? 'scram-sha-256' : 'md5');
    return ['local all all trust', `host all all all ${method}`, `host replication all all ${method}`, ''].join('\n');
  }

  #port(): number {
    const [target = 5432] = this.#context.targets;
    return this.#context.ownPort(target) ?? target;
  }

  #target(database: string) {
    const { user, password } = this.#settings;
    return { address: { path: join(this.#context.folder, `.s.PGSQL.${this.#port()}`) }, user, password, database };
  }
}

/** Puts a text in quotes of one kind, for SQL. */
function quoted(text: string, quote: '"' | "'"): string {
  return quote + text.replaceAll(quote, quote + quote) + quote;
}

function endedEarly(service: string, exitCode: number, printed: readonly string[]): PortsideError {
  return new PortsideError(
    'SERVICE_EXITED',
    `Cannot start service '${service}': postgres ended with exit code ${exitCode}.`,
    {
      service,
      hint: 'Look at the output and at the command of the service.',
      logs: printed.slice(-20),
    },
  );
}
