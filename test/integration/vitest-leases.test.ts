import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.js';
import { describeWithDocker } from '../support/docker.js';
import { nothingRuns, runVitest, vitestProgram, vitestProject } from '../support/vitest-project.js';

/** A Postgres with a table from an init script, a Redis, an API that counts in it, and a service that is never leased. */
const compose = `services:
  db:
    image: postgres:16-alpine
    environment: { POSTGRES_PASSWORD: secret }
    volumes: ["./init.sql:/docker-entrypoint-initdb.d/init.sql:ro"]
    ports: ["5432"]
  cache: { image: "redis:7-alpine", ports: ["6379"] }
  shared: { image: "redis:7-alpine", ports: ["6379"], labels: { portside.isolation: none } }
`;
const init = 'CREATE TABLE orders (id serial PRIMARY KEY, item text NOT NULL);\n';

/** A test file that finds its slices as they were leased, and leaves them changed. */
const suite = (name: string): string => `import { expect, test } from 'portside/vitest';
test('finds its own empty database and cache', async ({ env, postgres }) => {
  const redis = await env.redis('cache');
  expect((await postgres.query('SELECT item FROM orders')).rows).toEqual([]);
  const cache = await redis.client();
  expect(await cache.dbsize()).toBe(0);
  await postgres.query("INSERT INTO orders (item) VALUES ('${name}')");
  await cache.set('of', '${name}');
  console.log('OWN=' + postgres.url + ' ' + redis.url);
  expect((await env.discover('db')).database).not.toBe(postgres.database);
});
test('keeps them for the whole file', async ({ env, postgres }) => {
  expect((await postgres.query('SELECT item FROM orders')).rows).toEqual([{ item: '${name}' }]);
  expect(await (await (await env.redis('cache')).client()).get('of')).toBe('${name}');
});
test('is given the shared one of what is not leased', async ({ env }) => {
  const shared = await env.redis('shared');
  expect(shared.url).toBe((await env.discover('shared')).url);
  await expect(shared.reset()).rejects.toMatchObject({ code: 'LEASE_UNSUPPORTED' });
});
`;

/** Gives what was printed under a label. */
const printed = (stdout: string, label: string): readonly string[] =>
  [...stdout.matchAll(new RegExp(`^${label}=(.*)$`, 'gm'))].map(([, value = '']) => value);

const files = { 'compose.yaml': compose, 'init.sql': init };

function leasesByFile(runtime: 'embedded' | 'docker', pools: readonly string[]): void {
  test.each(pools)('gives each file slices of its own in the pool %s', async (pool) => {
    const project = vitestProject(runtime, { ...files, 'a.test.ts': suite('a'), 'b.test.ts': suite('b') });
    const { code, stdout, stderr } = await runVitest(project, { POOL: pool });
    expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: expect.stringContaining('Tests  6 passed') });
    const own = printed(stdout, 'OWN').flatMap((urls) => urls.split(' '));
    expect(new Set(own).size).toBe(4);
    await nothingRuns(project);
  });
}

describe('leased fixtures on the embedded runtime', () => {
  leasesByFile('embedded', ['forks', 'vmThreads']);

  test('end with their file where files share a worker, and portside ps names the file meanwhile', async () => {
    const project = vitestProject('embedded', {
      ...files,
      'vitest.config.js': `export default { test: {
  testTimeout: 30_000, globalSetup: ['portside/vitest/setup'], pool: 'threads', isolate: false, fileParallelism: false,
  sequence: { sequencer: class { shard(f) { return f; } sort(f) { return f.sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1)); } } },
} };\n`,
      'ps.js': `import { execFileSync } from 'node:child_process';
export const leases = () => JSON.parse(execFileSync('node', ['node_modules/portside/dist/cli/main.js', 'ps', '--all', '--json']))
  .leases.map(({ service, state, owner }) => [service, state, owner.client, owner.file, owner.pid === process.pid]);\n`,
      'sub/a.test.ts': `import { beforeAll, expect, getEnvironment, test } from 'portside/vitest';
import { leases } from '../ps.js';
beforeAll(async () => { await (await (await getEnvironment()).postgres()).query("INSERT INTO orders (item) VALUES ('tea')"); });
test('sees what beforeAll did, and its lease in ps', async ({ postgres }) => {
  expect((await postgres.query('SELECT item FROM orders')).rows).toEqual([{ item: 'tea' }]);
  expect(leases()).toEqual([['db', 'active', 'vitest', 'sub/a.test.ts', true]]);
});\n`,
      'sub/b.test.ts': `import { expect, test } from 'portside/vitest';
import { leases } from '../ps.js';
test('finds none of the file before', async ({ env }) => {
  const redis = await env.redis('cache');
  expect(leases()).toEqual([['cache', 'active', 'vitest', 'sub/b.test.ts', true]]);
  await (await redis.client()).set('key', 'value');
  await redis.reset();
  expect(await (await redis.client()).dbsize()).toBe(0);
});\n`,
    });
    const { code, stdout, stderr } = await runVitest(project);
    expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: expect.stringContaining('Tests  2 passed') });
  });

  test('last as long as their scope says, and go by the names that a test of ones own gives them', async () => {
    const project = vitestProject('embedded', {
      ...files,
      'vitest.config.js': `import { defineConfig } from 'vitest/config';
const project = (name, globalSetup) => ({ test: { name, testTimeout: 30_000, include: [name + '*.test.ts'], globalSetup: [globalSetup], env: { NAME: name } } });
export default defineConfig({ test: { testTimeout: 30_000, fileParallelism: false, projects: [project('run', './run.js'), project('test', 'portside/vitest/setup')] } });\n`,
      'run.js': `import { createSetup } from 'portside/vitest/setup';
export default createSetup({ settings: { leases: { scope: 'run' } } });\n`,
      'run-a.test.ts': `import { expect, test } from 'portside/vitest';
test('has a slice for the run, to which the variables lead', ({ postgres }) => {
  console.log('RUN=' + postgres.url);
  expect(process.env.DATABASE_URL).toBe(postgres.url);
});\n`,
      'run-b.test.ts': `import { expect, test } from 'portside/vitest';
test('has the same', async ({ postgres }) => {
  console.log('RUN=' + postgres.url);
  await postgres.query("INSERT INTO orders (item) VALUES ('tea')");
  await postgres.reset();
  expect((await postgres.query('SELECT item FROM orders')).rows).toEqual([]);
});\n`,
      'test.test.ts': `import { createTest, describe, expect } from 'portside/vitest';
const test = createTest({ scope: 'test', services: { orders: 'db', sessions: 'cache' } });
describe.each([1, 2])('round %i', () => {
  test.concurrent('has slices of its own', async ({ orders, sessions, postgres }) => {
    console.log('TEST=' + orders.url + ' ' + sessions.url);
    expect(postgres.url).toBe(orders.url);
    await orders.query("INSERT INTO orders (item) VALUES ('one')");
    await orders.snapshot('one order');
    await orders.query('DELETE FROM orders');
    await orders.restore('one order');
    expect((await orders.query('SELECT count(*)::int AS n FROM orders')).rows).toEqual([{ n: 1 }]);
  });
});\n`,
    });
    const { code, stdout, stderr } = await runVitest(project);
    expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: expect.stringContaining('Tests  4 passed') });
    expect(printed(stdout, 'RUN')).toHaveLength(2);
    expect(new Set(printed(stdout, 'RUN')).size).toBe(1);
    expect(new Set(printed(stdout, 'TEST').flatMap((urls) => urls.split(' '))).size).toBe(4);
    await nothingRuns(project);
  });

  test('come from the environment of the portside run around Vitest, where that names another Compose file', async () => {
    const project = vitestProject('embedded', {
      'stack.yaml': 'services: { cache: { image: "redis:7-alpine", ports: ["6379"] } }\n',
      'a.test.ts': `import { expect, test } from 'portside/vitest';
test('joins', async ({ env, redis }) => {
  expect(env.endpoints().map(({ name }) => name)).toEqual(['cache']);
  expect(redis.url).not.toBe((await env.discover('cache')).url);
});\n`,
    });
    const vitest = [process.execPath, vitestProgram, 'run'];
    const { code, stdout, stderr } = await runCli(['run', '--file', 'stack.yaml', '--', ...vitest], project);
    expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: expect.stringContaining('Tests  1 passed') });
    expect(stderr).toMatch(/^portside: environment '\S+' joined \(embedded, 1 service\)$/m);
    await nothingRuns(project);
  });

  test('of sibling packages that run at the same time come from one environment, one set for each worker', async () => {
    const config = `export default { test: { globalSetup: ['portside/vitest/setup'], isolate: false, maxWorkers: 1, testTimeout: 30_000 } };\n`;
    const file = `import { test } from 'portside/vitest';
test('prints', async ({ env, redis }) => { console.log('OWN=' + env.key + ' ' + redis.url); });\n`;
    const packages = ['a', 'b'].flatMap((name) => [
      [`packages/${name}/vitest.config.js`, config],
      ...['1', '2'].map((n) => [`packages/${name}/${n}.test.ts`, file]),
    ]);
    const compose = 'services: { cache: { image: "redis:7-alpine", ports: ["6379"] } }\n';
    const { cwd, env } = vitestProject('embedded', { 'compose.yaml': compose, ...Object.fromEntries(packages) });
    const options = { cwd, env: { ...env, PORTSIDE_LEASE_SCOPE: 'worker', PORTSIDE_KEEP_WARM: '60s' } };
    const runs = ['a', 'b'].map((name) => runVitest({ ...options, cwd: join(cwd, 'packages', name) }));
    const results = await Promise.all(runs);
    expect(results.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0]);
    expect(results.filter(({ stderr }) => /environment '\S+' joined/.test(stderr))).toHaveLength(1);
    const seen = results.map(({ stdout }) => printed(stdout, 'OWN'));
    expect(seen.map((lines) => [lines.length, new Set(lines).size])).toEqual(Array(2).fill([2, 1]));
    expect(seen[0]?.[0]).not.toBe(seen[1]?.[0]);
    expect(new Set(seen.flat().map((line) => line.split(' ')[0])).size).toBe(1);
    expect((await runCli(['down'], options)).code).toBe(0);
    await nothingRuns(options);
  });

  test("let a file's variables lead to its own slices, with portside/vitest/variables", async () => {
    const project = vitestProject('embedded', {
      ...files,
      'vitest.config.js': `export default { test: {
  testTimeout: 30_000, globalSetup: ['portside/vitest/setup'], setupFiles: ['portside/vitest/variables'], env: { CACHE_URL: 'mine' }, isolate: false,
} };\n`,
      'app.ts': 'export const url = process.env.DATABASE_URL;\n',
      ...Object.fromEntries(
        ['a', 'b'].map((name) => [
          `${name}.test.ts`,
          `import { expect, test } from 'portside/vitest';
test('has them, also its program', async ({ env, postgres }) => {
  expect(process.env.DATABASE_URL).toBe(postgres.url);
  expect(process.env.CACHE_URL).toBe('mine');
  expect(process.env.SHARED_URL).toBe((await env.discover('shared')).url);
  console.log('OWN=' + process.env.DATABASE_URL);
});\n`,
        ]),
      ),
    });
    const { code, stdout, stderr } = await runVitest(project);
    expect({ code, output: stdout + stderr }).toEqual({ code: 0, output: expect.stringContaining('Tests  2 passed') });
    expect(new Set(printed(stdout, 'OWN')).size).toBe(2);
    expect((await runCli(['ps', '--all'], project)).stdout).toContain('Nothing is running.');
  });
});

describeWithDocker('leased fixtures on Docker', () => leasesByFile('docker', ['forks']));
