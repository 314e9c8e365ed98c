import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli, temporaryProject } from '../support/cli.js';
import { describeWithDocker } from '../support/docker.js';

const packages = JSON.stringify(fileURLToPath(new URL('../../package.json', import.meta.url)));

/** Runs one statement in the database that the environment variables name, with the client of this repository. */
const query = (sql: string): string => `
  const { Client } = createRequire(${packages})('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  const result = await client.query(${JSON.stringify(sql)});
  await client.end();
`;
const program = (sql: string): string => `
  import { createRequire } from 'node:module';
  const url = process.env.DATABASE_URL;
  ${query(sql)}
  console.log(JSON.stringify(result.rows ?? []));
`;
const config = (migrate: string): string => `
  import { createRequire } from 'node:module';
  import { defineEnvironment, postgres } from 'portside';
  export default defineEnvironment({ services: { db: postgres({ migrate: ${migrate} }) } });
`;

let state: string;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'ps-migrate-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

describe('on the embedded runtime', () => migrating('embedded'));
describeWithDocker('on Docker', () => migrating('docker'));

function migrating(runtime: 'embedded' | 'docker'): void {
  const run = (files: Readonly<Record<string, string>>) =>
    runCli(['run', '--', 'node', 'look.mjs'], {
      cwd: temporaryProject({ 'look.mjs': program('SELECT who FROM migrated'), ...files }),
      env: { PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: runtime },
    });

  test('a command brings the database up to date before anybody uses it', async () => {
    const { stdout, stderr } = await run({
      'portside.config.ts': config(`'node migrate.mjs && echo done'`),
      'migrate.mjs': program(`CREATE TABLE migrated AS SELECT 'a command' AS who`),
    });
    expect([stdout.trim(), stderr]).toEqual(['[{"who":"a command"}]', expect.any(String)]);
  });

  test('a function does so too', async () => {
    const migrate = `async ({ url }) => { ${query(`CREATE TABLE migrated AS SELECT 'a function' AS who`)} }`;
    const { stdout, stderr } = await run({ 'portside.config.ts': config(migrate) });
    expect([stdout.trim(), stderr]).toEqual(['[{"who":"a function"}]', expect.any(String)]);
  });

  test('a failing one fails the start with what it printed', async () => {
    const { code, stderr } = await run({
      'portside.config.ts': config(`'node migrate.mjs'`),
      'migrate.mjs': program('CREATE TABLE migrated (who nonsense)'),
    });
    expect(code).not.toBe(0);
    expect(stderr).toContain(`Cannot migrate 'db': 'node migrate.mjs' ended with exit code 1.`);
    expect(stderr).toContain('type "nonsense" does not exist');
  });
}
