import { basename, join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CliOptions, runCli, temporaryProject } from '../support/cli.js';
import { describeWithDocker, docker, leftovers } from '../support/docker.js';

const config = `
import { api, compose, defineEnvironment, postgres, redis } from 'portside';

const greeting: string = 'hello';

export default defineEnvironment({
  services: {
    ...compose('./stack.yaml'),
    'orders-db': postgres({ user: 'shop', migrations: './migrations', seed: './seed.sql' }),
    cache: redis({ password: 'from-the-configuration' }),
    api: api({
      build: '.', port: 8080, health: '/health', needs: ['orders-db', 'cache', 'queue'],
      env: ({ 'orders-db': db, cache, queue }) => ({
        GREETING: greeting, DB: db.url, CACHE: cache.url, QUEUE: queue.host + ':' + queue.port,
      }),
      embedded: { command: 'node server.cjs' },
    }),
  },
});`;

/** Answers with its environment once it has reached the addresses in it. */
const server = `
const { createServer } = require('node:http');
const { connect } = require('node:net');
const { once } = require('node:events');
createServer(async (request, response) => {
  const { GREETING, DB, CACHE, QUEUE } = process.env;
  for (const url of [DB, CACHE, 'tcp://' + QUEUE]) {
    const socket = connect(Number(new URL(url).port), new URL(url).hostname);
    await once(socket, 'connect');
    socket.destroy();
  }
  response.end(JSON.stringify({ GREETING, DB, CACHE, QUEUE }));
}).listen(process.env.PORT ?? 8080);`;

/** What the command under \`portside run\` sees: rows of migration and seed, the API's answer, the cache's password. */
const look = `
const { Client } = require('pg');
(async () => {
  const db = new Client(process.env.DATABASE_URL);
  await db.connect();
  const { rows } = await db.query('select current_user as user, name from orders order by id');
  await db.end();
  const answer = await (await fetch(process.env.API_URL + '/')).json();
  console.log(JSON.stringify({ rows, answer, cache: process.env.CACHE_URL }));
})();`;

const files = {
  'portside.config.ts': config,
  'stack.yaml': 'services:\n  queue:\n    image: redis:7-alpine\n  cache:\n    image: no-such-image\n',
  'migrations/2/migration.sql': "INSERT INTO orders (name) VALUES ('migrated');",
  'migrations/1/migration.sql': 'CREATE TABLE orders (id serial PRIMARY KEY, name text);',
  'migrations/1/migration.down.sql': 'DROP TABLE orders;',
  'seed.sql': "INSERT INTO orders (name) VALUES ('seeded');",
  'server.cjs': server,
  Dockerfile: 'FROM node:20-slim\nCOPY server.cjs /\nCMD ["node", "/server.cjs"]\n',
};

function project(runtime: string): CliOptions {
  const cwd = temporaryProject(files);
  const env = {
    PORTSIDE_STATE_DIR: join(cwd, 'state'),
    PORTSIDE_RUNTIME: runtime,
    NODE_PATH: resolve(import.meta.dirname, '../../node_modules'),
  };
  return { cwd, env };
}

async function runsAsWritten(options: CliOptions): Promise<{ DB: string; CACHE: string }> {
  const { code, stdout, stderr } = await runCli(['run', '--shared', '--', 'node', '-e', look], options);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const { rows, answer, cache } = JSON.parse(stdout);
  expect(rows).toEqual([
    { user: 'shop', name: 'migrated' },
    { user: 'shop', name: 'seeded' },
  ]);
  expect(cache).toMatch(/^redis:\/\/:from-the-configuration@127\.0\.0\.1:\d+\/0$/);
  expect(answer).toEqual({
    GREETING: 'hello',
    DB: expect.any(String),
    CACHE: expect.any(String),
    QUEUE: expect.any(String),
  });
  return answer;
}

describe('a configuration file', () => {
  test('runs without Docker: migrations, seed, and addresses in the environment of the API', async () => {
    const answer = await runsAsWritten(project('embedded'));
    expect(answer.DB).toMatch(/^postgresql:\/\/shop:[^@]{20,}@127\.0\.0\.1:\d+\/shop$/);
  });
});

describeWithDocker('a configuration file on Docker', () => {
  test('runs the same, with the addresses as the containers reach each other', async () => {
    const options = project('docker');
    const image = `portside-build/${basename(options.cwd).toLowerCase()}-api`;
    onTestFinished(() => {
      for (const tag of docker(['images', '--format', '{{.Repository}}:{{.Tag}}', image]).split('\n'))
        docker(['rmi', tag]);
    });
    const answer = await runsAsWritten(options);
    expect(answer).toMatchObject({
      DB: expect.stringMatching(/^postgresql:\/\/shop:[^@]{20,}@orders-db:5432\/shop$/),
      CACHE: 'redis://:from-the-configuration@cache:6379/0',
      QUEUE: 'queue:6379',
    });
    expect(leftovers(options.cwd)).toEqual([]);
  });
});
