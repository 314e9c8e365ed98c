import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CliOptions, runCli, startCli, temporaryProject } from '../support/cli.js';
import { connects } from '../support/connects.js';

const redis = 'services:\n  cache:\n    image: redis:7-alpine\n    ports: ["6379:6379"]\n';

function project(): CliOptions {
  const cwd = temporaryProject({ 'compose.yaml': redis });
  return { cwd, env: { PORTSIDE_STATE_DIR: join(cwd, 'state'), PORTSIDE_RUNTIME: 'embedded' } };
}

async function environments(options: CliOptions): Promise<readonly unknown[]> {
  return JSON.parse((await runCli(['ps', '--all', '--json'], options)).stdout).environments;
}

/** A command that prints its addresses as JSON. */
const printAddresses = [
  'node',
  '-e',
  'const { CACHE_URL, CACHE_HOST, CACHE_PORT, REDIS_URL, MINE } = process.env;' +
    'console.log(JSON.stringify({ CACHE_URL, CACHE_HOST, CACHE_PORT, REDIS_URL, MINE }))',
];

describe('portside run', () => {
  test('gives every address as environment variables and leaves nothing', async () => {
    const options = project();
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
    expect(await environments(options)).toEqual([]);
  });

  test('passes the exit code of the command on', async () => {
    const options = project();
    expect((await runCli(['run', '--', 'sh', '-c', 'exit 42'], options)).code).toBe(42);
    expect((await runCli(['run', '--', 'sh', '-c', 'kill -9 $$'], options)).code).toBe(137);
  });

  test('ends with 127 and a clear error when there is no such program, and tears down', async () => {
    const options = project();
    const { code, stdout } = await runCli(['run', '--json', '--', 'no-such-program-here'], options);
    expect(code).toBe(127);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'COMMAND_NOT_STARTED', hint: expect.any(String) });
    expect(await environments(options)).toEqual([]);
  });

  test('passes signals on to the command and ends with its exit code', async () => {
    const options = project();
    const script = 'trap "echo caught; exit 9" TERM; echo begun; while :; do sleep 0.1; done';
    const run = startCli(['run', '--', 'sh', '-c', script], options);
    await run.printed('begun');
    run.child.kill('SIGTERM');
    expect(await run.result).toMatchObject({ code: 9, stdout: 'begun\ncaught\n' });
    expect(await environments(options)).toEqual([]);
  });

  test('refuses an unknown service in --env with the nearest, before anything starts', async () => {
    const options = project();
    const { code, stdout, stderr } = await runCli(['run', '--env', 'A={cahce.port}', '--', 'true'], options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("Did you mean 'cache'?");
    expect(stderr).not.toContain('starting');
  });

  test('eight at the same instant share one environment, and the last one out takes it down', async () => {
    const options = project();
    // Each command waits for the other seven, so that all eight hold the environment at once.
    const script = 'touch "here-$$"; while [ "$(ls here-* | wc -l)" -lt 8 ]; do sleep 0.05; done; echo "$CACHE_PORT"';
    const runs = await Promise.all(
      Array.from({ length: 8 }, () => runCli(['run', '--quiet', '--', 'sh', '-c', script], options)),
    );
    expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
      Array.from({ length: 8 }, () => ({ code: 0, stderr: '' })),
    );
    expect(new Set(runs.map(({ stdout }) => stdout)).size).toBe(1);
    expect(await connects({ host: '127.0.0.1', port: Number(runs[0]?.stdout) })).toBe(false);
    expect(await environments(options)).toEqual([]);
  });
});
