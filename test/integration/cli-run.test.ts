import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { cliPath, runCli, startCli } from '../support/cli.js';
import { cliProject, nothingRuns, redisFile } from '../support/cli-project.js';
import { connects } from '../support/connects.js';

/** A command that prints its addresses as JSON. */
const printAddresses = [
  'node',
  '-e',
  'const { CACHE_URL, CACHE_HOST, CACHE_PORT, REDIS_URL, MINE } = process.env;' +
    'console.log(JSON.stringify({ CACHE_URL, CACHE_HOST, CACHE_PORT, REDIS_URL, MINE }))',
];

describe('portside run', () => {
  test('H6 gives every address as environment variables and leaves nothing', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const { code, stdout } = await runCli(
      ['run', '--quiet', '--env', 'MINE=at {cache.host}:{cache.port}', '--', ...printAddresses],
      options,
    );
    expect(code).toBe(0);
    const variables = JSON.parse(stdout);
    expect(variables.CACHE_URL).toBe(variables.REDIS_URL);
    expect(variables.CACHE_URL).toContain(`:${variables.CACHE_PORT}`);
    expect(variables.MINE).toBe(`at ${variables.CACHE_HOST}:${variables.CACHE_PORT}`);
    expect(await connects({ host: variables.CACHE_HOST, port: Number(variables.CACHE_PORT) })).toBe(false);
    await nothingRuns(options);
  });

  test.each([
    ['gives the command a Redis of its own, which portside ps lists', [], ['server'], false],
    ['gives the command the plain services with --shared', ['--shared'], [], true],
  ])('%s', async (_, flags, isolations, isShared) => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const script = `const { execFileSync } = require('node:child_process');
const { services, leases } = JSON.parse(execFileSync(process.execPath, [process.argv[1], 'ps', '--json']));
const { REDIS_URL, CACHE_URL, OWN, PORTSIDE_SOCKET, PORTSIDE_SCOPE } = process.env;
console.log(JSON.stringify({ shared: services[0].url, leases, urls: [REDIS_URL, CACHE_URL, OWN], PORTSIDE_SOCKET, PORTSIDE_SCOPE }));`;
    const command = ['--', process.execPath, '-e', script, cliPath];
    const run = await runCli(['run', '--quiet', ...flags, '--env', 'OWN={cache.url}', ...command], options);
    expect(run).toMatchObject({ code: 0 });
    const { shared, leases, urls, ...variables } = JSON.parse(run.stdout);
    expect(leases.map(({ isolation }: { isolation: string }) => isolation)).toEqual(isolations);
    if (!isShared) {
      const owner = { client: expect.stringMatching(/^run: /), pid: expect.any(Number) };
      expect(leases[0]).toMatchObject({ service: 'cache', state: 'active', url: urls[0], owner });
    }
    expect(new Set(urls).size).toBe(1);
    expect(urls[0] === shared).toBe(isShared);
    expect(variables).toEqual({ PORTSIDE_SOCKET: expect.any(String), PORTSIDE_SCOPE: 'file' });
    await nothingRuns(options);
  });

  test('passes the exit code of the command on', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    expect((await runCli(['run', '--', 'sh', '-c', 'exit 42'], options)).code).toBe(42);
    expect((await runCli(['run', '--', 'sh', '-c', 'kill -9 $$'], options)).code).toBe(137);
  });

  test('runs the command to its end though nobody reads what it says on standard error', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const run = startCli(['run', '--', 'sh', '-c', 'exit 7'], options);
    const ended = once(run.child, 'exit');
    run.result.catch(() => undefined);
    run.child.stderr?.destroy();
    expect(await ended).toEqual([7, null]);
    await nothingRuns(options);
  });

  test('ends with 127 and a clear error when there is no such program, before anything starts', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const { code, stderr } = await runCli(['run', '--', 'no-such-program-here'], options);
    expect(code).toBe(127);
    expect(stderr).toContain("Cannot run 'no-such-program-here': there is no such program.");
    expect(stderr).not.toContain('starting');
  });

  test('ends with 127 and tears down when what a script names as its interpreter is not there', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile, script: '#!/no/such/interpreter\n' });
    chmodSync(join(options.cwd, 'script'), 0o755);
    const { code, stdout } = await runCli(['run', '--json', '--', './script'], options);
    expect(code).toBe(127);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'COMMAND_NOT_STARTED', hint: expect.any(String) });
    await nothingRuns(options);
  });

  test('passes signals on to the command and ends with its exit code', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const script = 'trap "echo caught; exit 9" TERM; echo begun; while :; do sleep 0.1; done';
    const run = startCli(['run', '--', 'sh', '-c', script], options);
    await run.printed('begun');
    run.child.kill('SIGTERM');
    expect(await run.result).toMatchObject({ code: 9, stdout: 'begun\ncaught\n' });
    await nothingRuns(options);
  });

  test('lets the log of the agent say which variables of a copy were wired, and never their values', async () => {
    const options = cliProject('embedded', {});
    const stack = fileURLToPath(new URL('../../compose/stack.yaml', import.meta.url));
    const show = 'cat "$(dirname "$PORTSIDE_SOCKET")/agent.log"';
    const { code, stdout } = await runCli(['run', '--file', stack, '--', 'sh', '-c', show], options);
    expect(code).toBe(0);
    const wired = stdout.split('\n').find((line) => line.includes("Copies of 'api' are wired"));
    expect(JSON.parse(wired ?? 'null')).toMatchObject({ replaced: ['DATABASE_URL', 'REDIS_URL'] });
    expect(wired).not.toContain('://');
  });

  test('refuses an unknown service in --env with the nearest, before anything starts', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const { code, stdout, stderr } = await runCli(['run', '--env', 'A={cahce.port}', '--', 'true'], options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("Did you mean 'cache'?");
    expect(stderr).not.toContain('starting');
  });

  test('refuses a port in --env that the service does not have, before anything starts', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const args = (port: number) => ['run', '--quiet', '--env', `A={cache.ports.${port}}`, '--', 'sh', '-c', 'echo $A'];
    const { code, stderr } = await runCli(args(9999), options);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Known ports: 6379.') });
    expect(await runCli(args(6379), options)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\n$/) });
  });
});
