import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { PortsideError } from '../model/index.js';
import { runCli } from './cli.js';
import type { CliContext } from './context.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'portside-cli-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
});

/** Runs a command line in this process, in the folder of the test. */
async function run(args: readonly string[], more: Partial<CliContext> = {}) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const context: CliContext = {
    cwd,
    environment: { PORTSIDE_STATE_DIR: join(cwd, 'state'), DOCKER_CONFIG: join(cwd, 'docker'), NO_COLOR: '1' },
    stdout,
    stderr,
    interrupts: { signal: new AbortController().signal, exitCode: 130, redirect: () => () => {} },
    now: Date.now,
    ...more,
  };
  const code = await runCli(args, context);
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

describe('a command line that cannot be read', () => {
  test('is a usage error, in JSON where that was asked for before --', async () => {
    expect(await run(['plan', '--nothing'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--nothing'),
    });
    const json = await run(['plan', '--nothing', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'USAGE' } });
    expect((await run(['plan', '--nothing', '--', '--json'])).stdout).toBe('');
  });

  test('that names no command says how commands are found', async () => {
    expect(await run([])).toMatchObject({ code: 2, stderr: expect.stringContaining('it names no command') });
  });

  test('is none when it asks for help', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: portside') });
  });
});

describe('a command that fails for a reason that nobody has foreseen', () => {
  const failing = (reason: unknown) => {
    const stdout = new PassThrough();
    stdout.write = () => {
      throw reason;
    };
    return { stdout };
  };

  test.each([new Error('no room'), 'no room'])('says so, and asks to report it: %s', async (reason) => {
    const { code, stderr } = await run(['cache', 'ls'], failing(reason));
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot finish the command: no room');
    expect(stderr).toContain('report it');
  });

  test('while it was interrupted was interrupted', async () => {
    const reason = new PortsideError('INTERRUPTED', 'Cannot go on: interrupted by SIGINT.');
    const interrupts = { signal: AbortSignal.abort(reason), exitCode: 130, redirect: () => () => {} };
    const { code, stderr } = await run(['cache', 'ls'], { ...failing(new Error('no room')), interrupts });
    expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('interrupted by SIGINT') });
  });
});

describe('a command that does not listen for interrupts itself', () => {
  test.each(['doctor', 'sweep'])('is given up when one comes: %s', async (command) => {
    const engine = createServer().listen(join(cwd, 'engine.sock'));
    onTestFinished(() => void engine.close());
    const asked = once(engine, 'connection');
    const stop = new AbortController();
    const running = run([command], {
      environment: { PORTSIDE_STATE_DIR: join(cwd, 'state'), DOCKER_HOST: `unix://${join(cwd, 'engine.sock')}` },
      interrupts: { signal: stop.signal, exitCode: 130, redirect: () => () => {} },
    });
    await asked;
    stop.abort(new PortsideError('INTERRUPTED', 'Cannot go on: interrupted by SIGINT.'));
    const interrupted = { code: 130, stdout: '', stderr: expect.stringContaining('interrupted by SIGINT') };
    expect(await running).toEqual(interrupted);
  });
});

test('ps says that nothing runs, here or at all', async () => {
  expect((await run(['ps'])).stdout).toBe('Nothing is running here.\n');
  expect((await run(['ps', '--all'])).stdout).toBe('Nothing is running.\n');
});

test('cache lists what is kept and removes it', async () => {
  const environment = { PORTSIDE_STATE_DIR: join(cwd, 'state'), DOCKER_HOST: 'unix:///no/such.sock' };
  expect((await run(['cache', 'ls'], { environment })).stdout).toBe('Nothing is kept.\n');
  for (const args of [[], ['--all'], ['--max-size', '1']])
    expect((await run(['cache', 'prune', ...args], { environment })).stdout).toBe('Nothing to remove.\n');
  expect(await run(['cache', 'empty'], { environment })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('there is no "cache empty"'),
  });
});

test('plan takes its project from wherever the options say', async () => {
  mkdirSync(join(cwd, 'elsewhere'));
  const compose = 'services:\n  cache: {image: "redis:$' + '{V}"}\n  extra: {image: busybox, profiles: [x]}\n';
  writeFileSync(join(cwd, 'elsewhere/stack.yaml'), compose);
  writeFileSync(join(cwd, 'v.env'), 'V=7\n');
  const options = [
    '--file',
    'elsewhere/stack.yaml',
    '--env-file',
    'v.env',
    '--profile',
    'x',
    '--project-directory',
    '.',
  ];
  const settings = [
    '--project-name',
    'mine',
    '--runtime',
    'embedded',
    '--ports',
    'prefer',
    '--keep-warm',
    '5m',
    '--start-timeout',
    '1m',
  ];
  const { code, stdout } = await run(['plan', ...options, ...settings, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    project: 'mine',
    runtime: 'embedded',
    services: [{ name: 'cache', image: 'redis:7', ports: [{ policy: 'prefer' }] }, { name: 'extra' }],
  });
  writeFileSync(join(cwd, 'other.config.json'), JSON.stringify({ services: { db: { type: 'redis', options: {} } } }));
  const configured = await run(['plan', '--config', 'other.config.json', '--json']);
  expect(JSON.parse(configured.stdout).services).toMatchObject([{ name: 'db', kind: 'redis' }]);
});

test('install-docker-plugin writes its file once, and takes it away', async () => {
  const file = join(cwd, 'docker/cli-plugins/docker-portside');
  expect((await run(['install-docker-plugin'])).stdout).toBe(`${file} written: try docker portside plan\n`);
  expect((await run(['install-docker-plugin'])).stdout).toBe(`${file} is up to date: try docker portside plan\n`);
  expect((await run(['install-docker-plugin', '--uninstall'])).stdout).toBe(`${file} removed\n`);
  expect((await run(['install-docker-plugin', '--uninstall'])).stdout).toBe(`${file} is not there\n`);
});
