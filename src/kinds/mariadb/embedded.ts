import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type KindProgram, type KindProgramContext, PortsideError } from '../../model/index.js';
import { granted, identifier, literal } from './sql.js';

/** The host's own server: it keeps its data in a folder that goes with it, and answers on loopback only. */
export const serverProgram: KindProgram = {
  programs: ['mariadbd', 'mysqld'],
  install: 'install MariaDB, for example "apt-get install mariadb-server" or "brew install mariadb"',
  prepare: async ({ folder, run }) => {
    mkdirSync(dataOf(folder), { mode: 0o700 });
    writeFileSync(firstFileOf(folder), withoutOpenLogins, { mode: 0o600 });
    const options = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
    const size = '--innodb-log-file-size=16M';
    await run(['mariadb-install-db', '--no-defaults', `--datadir=${dataOf(folder)}`, size, ...options, ...asRoot()]);
  },
  arguments: ({ folder, port, words }) => [
    ...['--no-defaults', '--character-set-server=utf8mb4', '--innodb-buffer-pool-size=64M'],
    ...words,
    // Ours win over those of the service.
    ...[`--datadir=${dataOf(folder)}`, `--socket=${socketOf(folder)}`, `--pid-file=${join(folder, 'pid')}`],
    ...['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve', ...asRoot()],
    // Whoever may write files there may write no others: the server can be run by root.
    ...[`--secure-file-priv=${dataOf(folder)}`, `--init-file=${firstFileOf(folder)}`],
  ],
  started: async (context) => {
    const { service, credentials, scripts } = context;
    const { database } = credentials;
    await run(context, firstStatements(context));
    for (const { name, path } of scripts) {
      if (!/\.sql(\.gz)?$/.test(name))
        throw notRun(service, path, 'the embedded runtime runs .sql and .sql.gz files only');
      const bytes = readFileSync(path);
      const text = (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
      await run(context, text, database).catch((error: unknown) => {
        throw notRun(
          service,
          path,
          PortsideError.is(error) ? (error.logs.at(-1) ?? error.message) : String(error),
          error,
        );
      });
    }
    const password = credentials.admin?.password ?? randomBytes(24).toString('base64url');
    await run(context, `ALTER USER root@localhost IDENTIFIED BY ${literal(password)}`);
  },
};

/** Run before anybody can connect: a new server has logins without a password. */
const withoutOpenLogins = `
DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host NOT IN ('localhost', '%'));
FLUSH PRIVILEGES;
`;

/** As the official image does it: `root` from everywhere, the database, and a user with all rights there. */
function firstStatements({ credentials }: KindProgramContext): string {
  const { user = 'root', password = '', database, admin } = credentials;
  const rights = database === undefined ? undefined : `GRANT ALL ON ${granted(database)}.*`;
  return [
    ...(database === undefined ? [] : [`CREATE DATABASE ${identifier(database)}`]),
    ...(admin === undefined
      ? []
      : [
          `CREATE USER root@'%' IDENTIFIED BY ${literal(admin.password)}`,
          "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION",
        ]),
    ...(user === 'root' ? [] : [`CREATE USER ${literal(user)}@'%' IDENTIFIED BY ${literal(password)}`]),
    ...(user === 'root' || rights === undefined ? [] : [`${rights} TO ${literal(user)}@'%'`]),
  ].join(';\n');
}

function run({ folder, run: start }: KindProgramContext, sql: string, database?: string): Promise<string> {
  const words = ['mariadb', '--no-defaults', `--socket=${socketOf(folder)}`, '--user=root', '--batch', '--comments'];
  return start([...words, ...(database === undefined ? [] : [`--database=${database}`])], sql);
}

function notRun(service: string, file: string, reason: string, cause?: unknown): PortsideError {
  return new PortsideError(
    'SERVICE_START_FAILED',
    `Cannot run the init script ${file} of service '${service}': ${reason.replace(/\.$/, '')}.`,
    { service, position: { file }, hint: 'Correct the script; nothing of it was kept.', cause },
  );
}

/** The server refuses to be root unless it is told to; it has nothing here but data that is thrown away. */
function asRoot(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

function firstFileOf(folder: string): string {
  return join(folder, 'first.sql');
}

function dataOf(folder: string): string {
  return join(folder, 'data');
}

function socketOf(folder: string): string {
  return join(folder, 's');
}
