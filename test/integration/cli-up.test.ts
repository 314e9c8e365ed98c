import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, startCli } from '../support/cli.js';
import { cliProject, documentOf, nothingRuns, redisFile } from '../support/cli-project.js';
import { connects } from '../support/connects.js';

describe('portside up', () => {
  test('shows addresses, stays until Ctrl-C, ends with 130 and leaves nothing', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const up = startCli(['up'], options);
    await up.printed('Press Ctrl-C to stop.');
    const { services, sessions, environment } = documentOf(await runCli(['ps', '--json'], options));
    expect(environment).toMatchObject({ runtime: 'embedded', directory: options.cwd, state: 'ready' });
    expect(services).toMatchObject([{ name: 'cache', kind: 'redis', status: 'healthy' }]);
    expect(sessions).toMatchObject([{ client: 'up', pid: up.child.pid }]);
    expect(services[0].port).not.toBe(6379);
    expect(await connects(services[0])).toBe(true);

    up.child.kill('SIGINT');
    const { code, stdout, stderr } = await up.result;
    expect(code).toBe(130);
    expect(stdout).toMatch(new RegExp(`cache +redis +healthy +redis://\\S*:${services[0].port}`));
    expect(stderr).toMatch(/^cache ready in [\d.]+ m?s$/m);
    expect(stderr).not.toContain('error:');
    expect(await connects(services[0])).toBe(false);
    await nothingRuns(options);
  });

  test('--detach that is interrupted during the start leaves nothing', async () => {
    const file = redisFile.replace('    ports:', '    x-portside: { wait: { log: never-printed } }\n    ports:');
    const options = cliProject('embedded', { 'compose.yaml': file });
    const up = startCli(['up', '--detach'], options);
    await up.printed('cache waiting for');
    up.child.kill('SIGINT');
    expect((await up.result).code).toBe(130);
    await nothingRuns(options);
  });

  test('--detach leaves it running for ps, discover and logs, until down', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const up = documentOf(await runCli(['up', '--detach', '--json'], options));
    expect(up).toMatchObject({
      environment: { key: expect.any(String), runtime: 'embedded', agent: { pid: expect.any(Number) } },
      services: [{ name: 'cache', host: '127.0.0.1', port: expect.any(Number), status: 'healthy' }],
      leases: [],
    });
    const [cache] = up.services;

    const found = await runCli(['discover', 'cache'], options);
    expect(found).toMatchObject({ code: 0, stdout: `${cache.url}\n` });
    expect(documentOf(await runCli(['discover', 'cache', '--json'], options))).toMatchObject({
      environment: { key: up.environment.key },
      service: { name: 'cache', port: cache.port },
    });
    const table = await runCli(['ps'], options);
    expect(table.stdout).toMatch(/^SERVICE +KIND +STATUS +ADDRESS +PORTS +AGE$/m);
    expect(table.stdout).toMatch(/held by: up \(until portside down/);
    const { logs } = documentOf(await runCli(['logs', 'cache', '--json'], options));
    expect(logs.map((line: { text: string }) => line.text).join('\n')).toContain('Ready to accept connections');
    expect((await runCli(['logs', '--tail', '1'], options)).stdout).toMatch(/^cache \| .+\n$/);

    expect(documentOf(await runCli(['down', '--json'], options))).toMatchObject({
      stopped: [{ key: up.environment.key }],
    });
    expect(await connects(cache)).toBe(false);
    expect(await runCli(['down'], options)).toMatchObject({ code: 0, stdout: 'Nothing is running.\n' });
    await nothingRuns(options);
  });

  test('logs --follow goes on until Ctrl-C', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    documentOf(await runCli(['up', '--detach', '--json'], options));
    const logs = startCli(['logs', '--follow'], options);
    await logs.printed('Ready to accept connections');
    logs.child.kill('SIGINT');
    expect((await logs.result).code).toBe(130);
    await runCli(['down'], options);
  });

  test('--quiet prints nothing but the result', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const { stderr, code } = await runCli(['up', '--detach', '--quiet'], options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(await runCli(['down', '--quiet'], options)).toMatchObject({ code: 0, stderr: '' });
  });

  test('down finds an environment whose files were changed after it was started', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    documentOf(await runCli(['up', '--detach', '--json'], options));
    await writeFile(join(options.cwd, 'compose.yaml'), `${redisFile}    environment:\n      A: b\n`);
    const found = await runCli(['discover', 'cache'], options);
    expect(found).toMatchObject({ code: 0, stderr: expect.stringContaining('have changed since') });
    await writeFile(join(options.cwd, 'compose.yaml'), 'services: [');
    expect(documentOf(await runCli(['down', '--json'], options)).stopped).toHaveLength(1);
    await nothingRuns(options);
  });

  test('types writes portside-env.d.ts once', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    expect(documentOf(await runCli(['types', '--json'], options))).toEqual({
      file: join(options.cwd, 'portside-env.d.ts'),
      changed: true,
    });
    expect((await runCli(['types'], options)).stdout).toBe('portside-env.d.ts is up to date\n');
  });
});

describe('a start that fails ends with exit code 1, a coded error and nothing running', () => {
  const program = (command: string) =>
    `services:\n  job:\n    image: example/job:1\n    x-portside:\n      embedded:\n        command: ${command}\n    expose: ["8080"]\n`;

  async function failsToStart(yaml: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const base = cliProject('embedded', { 'compose.yaml': yaml });
    const options = { ...base, env: { ...base.env, ...env } };
    const text = await runCli(['up', '--detach', ...args], options);
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toMatch(/^error: Cannot /m);
    expect(text.stderr).not.toMatch(/^\s+at .*\.js/m);
    const result = await runCli(['up', '--detach', '--json', ...args], options);
    expect(result.code).toBe(1);
    await nothingRuns(options);
    return { error: JSON.parse(result.stdout).error, text: text.stderr };
  }

  test('a service that exits at once', async () => {
    const { error, text } = await failsToStart(program('["sh", "-c", "echo bad luck; exit 7"]'), []);
    expect(error).toMatchObject({ code: 'SERVICE_EXITED', service: 'job', message: expect.stringContaining('7') });
    expect(error.hint).toEqual(expect.any(String));
    expect(error.logs).toContain('bad luck');
    expect(text).toContain('bad luck');
  });

  test('a service that never gets healthy, which alone is blamed', async () => {
    const waits = '\n  other:\n    image: redis:7-alpine\n    depends_on: { job: { condition: service_healthy } }\n';
    const { error } = await failsToStart(`${program('["sh", "-c", "echo still here; sleep 60"]')}${waits}`, [
      '--start-timeout',
      '2s',
    ]);
    expect(error).toMatchObject({ code: 'SERVICE_NOT_READY', service: 'job', hint: expect.any(String) });
    expect(error.logs).toContain('still here');
    expect(error.errors).toBeUndefined();
  });

  test('a DOCKER_HOST that does not answer', async () => {
    const { error } = await failsToStart(redisFile, ['--runtime', 'auto'], { DOCKER_HOST: 'tcp://127.0.0.1:1' });
    expect(error).toMatchObject({ code: 'ENGINE_UNREACHABLE', hint: expect.any(String) });
    expect(error.message).toContain('127.0.0.1:1');
  });

  test('a service that is awaited as healthy and has no health check', async () => {
    const job = program('["sleep", "60"]').replace(/ *expose.*\n/, '');
    const waits = '  other:\n    image: redis:7-alpine\n    depends_on: { job: { condition: service_healthy } }\n';
    const { error } = await failsToStart(`${job}${waits}`, []);
    expect(error).toMatchObject({ code: 'COMPOSE_INVALID', service: 'job', line: 2 });
    expect(error.message).toContain('no health check');
  });

  test('no embedded form', async () => {
    const { error } = await failsToStart('services:\n  web:\n    image: nginx\n', ['--runtime', 'embedded']);
    expect(error).toMatchObject({ code: 'NO_RUNTIME', message: expect.stringContaining("'web'") });
  });
});

describe('portside discover', () => {
  test('says how to start when nothing runs', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const { code, stdout } = await runCli(['discover', 'cache', '--json'], options);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'NO_ENVIRONMENT',
      hint: expect.stringContaining('portside up --detach'),
    });
  });

  test('names the nearest for an unknown service', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    documentOf(await runCli(['up', '--detach', '--json'], options));
    const { code, stdout } = await runCli(['discover', 'cahce', '--json'], options);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'DISCOVERY_UNKNOWN_SERVICE',
      hint: "Did you mean 'cache'? Known services: cache.",
    });
    const logs = await runCli(['logs', 'cahce', '--json'], options);
    expect(JSON.parse(logs.stdout).error).toMatchObject({ code: 'DISCOVERY_UNKNOWN_SERVICE' });
    await runCli(['down'], options);
  });
});
