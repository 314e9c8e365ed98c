import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  openPostgres,
  type PostgresConnection,
  type PostgresFailure,
  type PostgresTarget,
} from '../../../health/index.js';
import { PortsideError } from '../../../model/index.js';
import type { MountedFiles } from '../mounted-files.js';
import { readScript, type ScriptStep } from './sql-script.js';

/** A file of `/docker-entrypoint-initdb.d`. */
export interface InitScript {
  readonly name: string;
  readonly path: string;
}

/** What the init scripts of one server are run with. */
export interface InitContext {
  readonly service: string;
  /** Whom to be, in which database; `\connect` changes the database. */
  readonly target: PostgresTarget;
  readonly files: MountedFiles;
  readonly signal: AbortSignal;
}

/** Commands of psql that only decide what it prints. */
const harmless = /^(echo|qecho|warn|timing|pset|encoding|restrict|unrestrict|[xat])$/;

/** Gives the init scripts that a service mounts, in the order in which the official image runs them. */
export function initScripts(files: MountedFiles): InitScript[] {
  return files.filesIn('/docker-entrypoint-initdb.d').filter(({ name }) => /\.(sh|sql|sql\.(gz|xz|zst))$/.test(name));
}

/**
 * Runs the scripts as `psql` with `ON_ERROR_STOP` does. Throws `SERVICE_START_FAILED` with file and line at the first statement
 * that fails, and for what takes a shell or a program that is not here.
 */
export async function runInitScripts(scripts: readonly InitScript[], context: InitContext): Promise<void> {
  for (const script of scripts) {
    if (!/\.sql(\.gz)?$/.test(script.name)) {
      throw failed(context, script.path, undefined, 'the embedded runtime runs .sql and .sql.gz files only', {
        hint: 'Write the script in SQL, or run the environment with Docker.',
      });
    }
    // Each script begins in the service's own database, whatever the one before connected to.
    const session = new Session(context);
    try {
      await runFile(script.path, session, context);
    } finally {
      session.close();
    }
  }
}

async function runFile(path: string, session: Session, context: InitContext): Promise<void> {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  for (const step of readScript(text)) {
    if (step.type === 'statement') await session.run(step.sql, path, step.line, step.copyData);
    else await carryOut(step, path, session, context);
  }
}

async function carryOut(
  step: Extract<ScriptStep, { type: 'command' }>,
  path: string,
  session: Session,
  context: InitContext,
): Promise<void> {
  const { name, args, query, line } = step;
  const [first = ''] = args.split(/\s+/).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
  if (name === 'gexec' || name === 'g') {
    const rows = await session.run(query, path, line);
    for (const cell of name === 'gexec' ? rows.flat() : []) if (cell !== null) await session.run(cell, path, line);
  } else if (name === 'connect' || name === 'c') {
    session.connectTo(first === '' || first === '-' ? undefined : first);
  } else if (name === 'i' || name === 'include') {
    await runFile(context.files.hostPath(first) ?? join(dirname(path), first), session, context);
  } else if (name === 'ir' || name === 'include_relative') {
    await runFile(join(dirname(path), first), session, context);
  } else if (!harmless.test(name) && !(name === 'set' && /^[A-Z_]+$/.test(first))) {
    throw failed(context, path, line, `the embedded runtime does not know psql's command \\${name}`, {
      hint: 'Write it in SQL, or run the environment with Docker.',
    });
  }
}

/** The connection that a script's statements go through. */
class Session {
  readonly #context: InitContext;
  #database: string;
  #connection: PostgresConnection | undefined;

  constructor(context: InitContext) {
    this.#context = context;
    this.#database = context.target.database;
  }

  async run(
    sql: string,
    path: string,
    line: number,
    copyData?: string,
  ): Promise<readonly (readonly (string | null)[])[]> {
    this.#connection ??= await this.#open(path, line);
    const result = await this.#connection.query(sql, copyData);
    if (result.ok) return result.rows;
    const { failure } = result;
    const before = sql.slice(0, Math.max(0, (failure.position ?? 1) - 1));
    throw failed(this.#context, path, line + before.split('\n').length - 1, describe(failure));
  }

  connectTo(database: string | undefined): void {
    this.close();
    this.#database = database ?? this.#database;
  }

  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #open(path: string, line: number): Promise<PostgresConnection> {
    const { target, signal } = this.#context;
    const opening = await openPostgres({ ...target, database: this.#database }, signal);
    if (opening.ok) return opening.connection;
    throw failed(this.#context, path, line, describe(opening.failure));
  }
}

function describe({ message, detail, hint }: PostgresFailure): string {
  return [message, detail, hint].flatMap((part) => part?.replace(/\.$/, '') ?? []).join('; ');
}

function failed(
  { service }: InitContext,
  file: string,
  line: number | undefined,
  reason: string,
  details: { hint?: string } = {},
): PortsideError {
  const place = line === undefined ? file : `${file}:${line}`;
  return new PortsideError(
    'SERVICE_START_FAILED',
    `Cannot run the init script ${place} of service '${service}': ${reason}.`,
    {
      hint: 'Correct the script; nothing of it was kept.',
      ...details,
      service,
      position: { file, ...(line === undefined ? {} : { line }) },
    },
  );
}
