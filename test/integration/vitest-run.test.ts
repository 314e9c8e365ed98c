import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.js';
import { connects } from '../support/connects.js';
import { describeWithDocker, leftovers } from '../support/docker.js';
import { nothingRuns, runVitest, vitestProject } from '../support/vitest-project.js';

const example = fileURLToPath(new URL('../../examples/vitest/', import.meta.url));
const exampleFiles = Object.fromEntries(
  ['compose.yaml', 'orders.test.ts', 'vitest.config.ts'].map((name) => [
    name,
    readFileSync(join(example, name), 'utf8'),
  ]),
);

const redis = 'services:\n  cache:\n    image: redis:7-alpine\n    ports: ["6379:6379"]\n';

/** A test file that prints a value under a label. */
const printing = (label: string, expression: string): string =>
  `import { test } from 'portside/vitest';
test('prints', async ({ env }) => { console.log('${label}=' + (${expression})); });\n`;

/** Gives what was printed under a label, in order. */
function printed(stdout: string, label: string): readonly string[] {
  return [...stdout.matchAll(new RegExp(`^${label}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

describe('on the embedded runtime', () => runsTheExample('embedded'));
describeWithDocker('on Docker', () => {
  runsTheExample('docker');

  test('leaves no container, network or volume', async () => {
    const project = vitestProject('docker', {
      'compose.yaml': redis,
      'a.test.ts': printing('URL', 'process.env.REDIS_URL'),
    });
    expect((await runVitest(project)).code).toBe(0);
    expect(leftovers(project.cwd)).toEqual([]);
  });
});

function runsTheExample(runtime: 'embedded' | 'docker'): void {
  test.each(['forks', 'threads'])('the example works in the pool %s and leaves nothing', async (pool) => {
    const project = vitestProject(runtime, exampleFiles);
    const { code, stdout, stderr } = await runVitest(project, { POOL: pool });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`(${runtime}, 2 services)`) });
    expect(stderr).toMatch(/^portside: cache ready in \S+ m?s/m);
    expect(stdout).toContain('Tests  1 passed');
    await nothingRuns(project);
  });
}

describe('the setup', () => {
  test('lets all files of a run share one environment', async () => {
    const project = vitestProject('embedded', {
      'compose.yaml': redis,
      'a.test.ts': printing('URL', `env.key + ' ' + (await env.discover('cache')).url`),
      'b.test.ts': printing('URL', `env.key + ' ' + process.env.REDIS_URL`),
    });
    const { code, stdout } = await runVitest(project);
    expect(code).toBe(0);
    const urls = printed(stdout, 'URL');
    expect(urls).toHaveLength(2);
    expect(new Set(urls).size).toBe(1);
    await nothingRuns(project);
  });

  test('gives each project of one run the environment of its own folder, and shares equal ones', async () => {
    const project = vitestProject('embedded', {
      'vitest.config.js': `import { defineConfig } from 'vitest/config';
const project = (name, root) => ({ test: { name, root, testTimeout: 30_000, globalSetup: ['portside/vitest/setup'] } });
export default defineConfig({ test: { projects: [project('one', './a'), project('two', './b'), project('three', './b')] } });\n`,
      'a/compose.yaml': redis,
      'b/compose.yaml': redis,
      'a/a.test.ts': printing('A', `process.env.REDIS_URL + ' ' + (await env.discover('cache')).url`),
      'b/b.test.ts': printing('B', `process.env.REDIS_URL + ' ' + (await env.discover('cache')).url`),
    });
    const { code, stdout } = await runVitest(project);
    expect(code).toBe(0);
    const [a, ...others] = printed(stdout, 'A');
    const b = printed(stdout, 'B');
    expect(others).toEqual([]);
    expect(b).toHaveLength(2);
    expect(new Set(b).size).toBe(1);
    expect(b[0]).not.toBe(a);
    for (const urls of [a, b[0]]) expect(new Set(urls?.split(' ')).size).toBe(1);
    await nothingRuns(project);
  });

  test('leaves variables alone that the configuration sets', async () => {
    const project = vitestProject('embedded', {
      'vitest.config.js': `export default { test: { testTimeout: 30_000, globalSetup: ['portside/vitest/setup'], env: { REDIS_URL: 'mine' } } };\n`,
      'compose.yaml': redis,
      'a.test.ts': printing('URLS', `process.env.REDIS_URL + ' ' + process.env.CACHE_URL.split(':')[0]`),
    });
    const { code, stdout } = await runVitest(project);
    expect(code).toBe(0);
    expect(printed(stdout, 'URLS')).toEqual(['mine redis']);
  });

  test("gives variables, but no fixtures, when the environment lives inside Vitest's own process", async () => {
    const project = vitestProject('embedded', {
      'compose.yaml': redis,
      'a.test.ts': `import { test } from 'portside/vitest';
test('has variables', () => { console.log('PORT=' + process.env.CACHE_PORT); });
test('has no fixtures', ({ env }) => { env.endpoints(); });\n`,
    });
    const { code, stdout, stderr } = await runVitest(project, { PORTSIDE_HOST: 'inline' });
    expect(code).toBe(1);
    expect(stdout).toContain('Tests  1 failed | 1 passed');
    expect(stderr).toContain("leave portside's host at 'agent', its default");
    const [port] = printed(stdout, 'PORT');
    expect(await connects({ host: '127.0.0.1', port: Number(port) })).toBe(false);
  });

  test('joins the environment that an earlier run has kept warm', async () => {
    const project = vitestProject('embedded', {
      'vitest.config.js': `export default { test: { testTimeout: 30_000, globalSetup: ['./setup.js'] } };\n`,
      'setup.js': `import { createSetup } from 'portside/vitest/setup';
export default createSetup({ files: ['stack.yaml'], settings: { keepWarmMs: 60_000 } });\n`,
      'stack.yaml': redis,
      'a.test.ts': printing('URL', 'process.env.REDIS_URL'),
    });
    const first = await runVitest(project);
    const second = await runVitest(project);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(first.stderr).toMatch(/environment '\S+' ready in/);
    expect(second.stderr).toMatch(/environment '\S+' joined \(embedded, 1 service\)/);
    expect(printed(second.stdout, 'URL')).toEqual(printed(first.stdout, 'URL'));
    expect((await runCli(['down', '--file', 'stack.yaml'], project)).code).toBe(0);
    await nothingRuns(project);
  });

  test('tells the message, the hint and the last lines of a failed start, without a stack, and runs no test', async () => {
    const project = vitestProject('embedded', {
      'compose.yaml': `services:
  api:
    image: nothing
    x-portside: { embedded: { command: [node, -e, "console.error('boom, no luck'); process.exit(7)"], cwd: . } }
    ports: ["8080"]\n`,
      'a.test.ts': printing('URL', `'it ran'`),
    });
    const { code, stdout, stderr } = await runVitest(project);
    expect(code).toBe(1);
    expect(stderr).toMatch(/PortsideError SERVICE_EXITED: Cannot start service 'api'.* 7/);
    expect(stderr).toContain('Hint: ');
    expect(stderr).toContain('  boom, no luck');
    expect(stderr).not.toMatch(/^\s*(at |❯ ).*dist/m);
    expect(stdout).not.toContain('it ran');
    await nothingRuns(project);
  });
});

describe('the fixtures', () => {
  test('say which services there are when there are several to choose from', async () => {
    const project = vitestProject('embedded', {
      'compose.yaml': `${redis}  sessions:\n    image: redis:7-alpine\n    ports: ["6379"]\n`,
      'a.test.ts': `import { expect, test } from 'portside/vitest';
test('takes the only one', ({ redis }) => { expect(redis.port).toBe(1); });
test('takes a named one', async ({ env }) => { expect((await env.redis('sessions')).name).toBe('sessions'); });
test('takes one of another kind', async ({ env }) => { await env.postgres('cache'); });\n`,
    });
    const { code, stdout, stderr } = await runVitest(project);
    expect(code).toBe(1);
    expect(stdout).toContain('Tests  2 failed | 1 passed');
    expect(stderr).toContain("Cannot choose the service of the fixture 'redis'");
    expect(stderr).toContain('They are cache, sessions.');
    expect(stderr).toContain("Cannot use 'cache' as a service of kind postgres");
  });

  test('say what to configure when no setup has run', async () => {
    const project = vitestProject('embedded', {
      'vitest.config.js': 'export default {};\n',
      'a.test.ts': printing('URL', `(await env.discover('cache')).url`),
    });
    const { code, stderr } = await runVitest(project);
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot use an environment: none was started for this process.');
    expect(stderr).toContain("globalSetup: 'portside/vitest/setup'");
  });

  test('are made only for files whose tests name them', async () => {
    const project = vitestProject('embedded', {
      'vitest.config.js': 'export default {};\n',
      'a.test.ts': `import { expect, test } from 'portside/vitest';\ntest('needs nothing', () => { expect(1).toBe(1); });\n`,
    });
    expect((await runVitest(project)).code).toBe(0);
  });

  test('work in beforeAll through getEnvironment', async () => {
    const project = vitestProject('embedded', {
      'compose.yaml': redis,
      'a.test.ts': `import { beforeAll, expect, getEnvironment, test } from 'portside/vitest';
beforeAll(async () => {
  const env = await getEnvironment();
  const redis = await env.redis();
  await (await redis.client()).set('key', 'from beforeAll');
});
test('sees it', async ({ redis }) => {
  const client = await redis.client();
  expect(await client.get('key')).toBe('from beforeAll');
});\n`,
    });
    const { code, stdout } = await runVitest(project);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Tests  1 passed') });
    await nothingRuns(project);
  });

  test('close the clients of a file at its end', async () => {
    const project = vitestProject('embedded', {
      'vitest.config.js': `export default { test: {
  globalSetup: ['portside/vitest/setup'], pool: 'threads', isolate: false, fileParallelism: false, testTimeout: 30_000,
  sequence: { sequencer: class { shard(f) { return f; } sort(f) { return f.sort((a, b) => (a.moduleId < b.moduleId ? -1 : 1)); } } },
} };\n`,
      'compose.yaml': `${redis}    labels: { portside.isolation: none }\n`,
      'a.test.ts': `import { expect, test } from 'portside/vitest';
test('opens one', async ({ redis }) => {
  const client = await redis.client();
  expect(await client.client('SETNAME', 'of-file-a')).toBe('OK');
  expect(await client.client('LIST')).toContain('name=of-file-a');
});\n`,
      'b.test.ts': `import { expect, test } from 'portside/vitest';
test('does not see it', async ({ redis }) => {
  const client = await redis.client();
  await expect.poll(() => client.client('LIST')).not.toContain('name=of-file-a');
});\n`,
    });
    const { code, stdout } = await runVitest(project);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/a\.test.*b\.test.*Tests {2}2 passed/s),
    });
  });
});
