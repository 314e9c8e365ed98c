import { type ExecFileException, execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCli, temporaryProject } from '../support/cli.js';
import { connects } from '../support/connects.js';
import { describeWhere } from '../support/describe-where.js';

const stack = resolve(import.meta.dirname, '../../compose/stack.yaml');

const hasDockerCommand = spawnSync('docker', ['--version']).status === 0;

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly file: string;
}

/** A folder with a Docker configuration of its own, and a state folder, for the embedded runtime. */
function place(files: Readonly<Record<string, string>> = {}): Place {
  const cwd = temporaryProject(files);
  const config = join(cwd, 'docker config');
  const env = {
    DOCKER_CONFIG: config,
    DOCKER_HOST: 'tcp://127.0.0.1:1',
    PORTSIDE_STATE_DIR: join(cwd, 'state'),
    PORTSIDE_RUNTIME: 'embedded',
  };
  return { cwd, env, file: join(config, 'cli-plugins', 'docker-portside') };
}

function docker(
  args: readonly string[],
  { cwd, env }: Place,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(
      'docker',
      args,
      { cwd, env: { ...process.env, ...env } },
      (error: ExecFileException | null, stdout, stderr) => {
        done({ code: Number(error?.code ?? 0), stdout, stderr });
      },
    );
  });
}

describe('portside install-docker-plugin', () => {
  test('writes an executable file, once, and removes it again', async () => {
    const at = place();
    const first = await runCli(['install-docker-plugin', '--json'], at);
    expect(first.code).toBe(0);
    expect(JSON.parse(first.stdout)).toEqual({ file: at.file, changed: true });
    expect(statSync(at.file).mode & 0o777).toBe(0o755);
    const again = await runCli(['install-docker-plugin', '--json'], at);
    expect(JSON.parse(again.stdout)).toEqual({ file: at.file, changed: false });
    const gone = await runCli(['install-docker-plugin', '--uninstall', '--json'], at);
    expect(JSON.parse(gone.stdout)).toEqual({ file: at.file, changed: true });
    expect(existsSync(at.file)).toBe(false);
    const nothing = await runCli(['install-docker-plugin', '--uninstall'], at);
    expect(nothing).toMatchObject({ code: 0, stdout: `${at.file} is not there\n` });
  });

  test('leaves a file that portside did not write alone, unless forced', async () => {
    const at = place({ 'docker config/cli-plugins/docker-portside': 'mine' });
    for (const args of [['install-docker-plugin'], ['install-docker-plugin', '--uninstall']]) {
      const refused = await runCli([...args, '--json'], at);
      expect(refused.code).toBe(1);
      expect(JSON.parse(refused.stdout).error).toMatchObject({
        code: 'DOCKER_PLUGIN_FAILED',
        message: expect.stringContaining(at.file),
        hint: expect.stringContaining('--force'),
      });
      expect(readFileSync(at.file, 'utf8')).toBe('mine');
    }
    expect(await runCli(['install-docker-plugin', '--force'], at)).toMatchObject({ code: 0 });
    expect(readFileSync(at.file, 'utf8')).toContain('portside');
  });

  test('replaces a symbolic link when forced, and not the file that it leads to', async () => {
    const at = place({ target: 'theirs' });
    mkdirSync(join(at.file, '..'), { recursive: true });
    symlinkSync(join(at.cwd, 'target'), at.file);
    expect(await runCli(['install-docker-plugin'], at)).toMatchObject({ code: 1 });
    expect(await runCli(['install-docker-plugin', '--force'], at)).toMatchObject({ code: 0 });
    expect(readFileSync(join(at.cwd, 'target'), 'utf8')).toBe('theirs');
  });

  test('says what is in the way when the folder cannot be made', async () => {
    const at = place({ 'docker config': 'a file' });
    const { code, stdout } = await runCli(['install-docker-plugin', '--json'], at);
    expect(code).toBe(1);
    expect(JSON.parse(stdout).error).toMatchObject({ code: 'DOCKER_PLUGIN_FAILED', hint: expect.any(String) });
  });
});

describeWhere('docker portside', hasDockerCommand ? undefined : 'there is no docker command', () => {
  test('runs the commands of portside', async () => {
    const at = place();
    await runCli(['install-docker-plugin'], at);
    const { code, stdout } = await docker(['portside', 'plan', '--file', stack, '--json'], at);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ project: 'orders', services: { length: 3 } });
    const info = await docker(['info', '--format', '{{json .ClientInfo.Plugins}}'], at);
    expect(JSON.parse(info.stdout)).toContainEqual(expect.objectContaining({ Name: 'portside', Vendor: 'portside' }));
  });

  test('passes exit codes on, and shows help', async () => {
    const at = place();
    await runCli(['install-docker-plugin'], at);
    expect(await docker(['portside', 'plan'], at)).toMatchObject({ code: 1 });
    expect(await docker(['portside', 'paln'], at)).toMatchObject({ code: 2 });
    expect((await docker(['help', 'portside', 'plan'], at)).stdout).toContain('Usage: portside plan');
  });

  test("takes docker's own options for the engine", async () => {
    const at = place({ 'compose.yaml': 'services: {cache: {image: redis}}\n' });
    await runCli(['install-docker-plugin'], at);
    const { stdout } = await docker(
      ['--host', 'tcp://127.0.0.1:2', 'portside', 'up', '--runtime', 'docker', '--json'],
      at,
    );
    expect(JSON.parse(stdout).error).toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringContaining('127.0.0.1:2'),
    });
  });

  test('takes the environment down when docker is told to end outside a terminal', async () => {
    const at = place({ 'compose.yaml': 'services: {cache: {image: "redis:7-alpine"}}\n' });
    await runCli(['install-docker-plugin'], at);
    const up = spawn('docker', ['portside', 'up'], { cwd: at.cwd, env: { ...process.env, ...at.env } });
    onTestFinished(() => {
      up.kill('SIGKILL');
    });
    let printed = '';
    await new Promise<void>((ready, failed) => {
      const look = (chunk: Buffer): void => {
        printed += chunk.toString();
        if (printed.includes('Press Ctrl-C')) ready();
      };
      up.stdout.on('data', look);
      up.stderr.on('data', look);
      up.once('exit', () => failed(new Error(`docker portside up has ended:\n${printed}`)));
    });
    const { services } = JSON.parse((await runCli(['ps', '--json'], at)).stdout);
    const closed = new Promise((done) => up.once('close', done));
    up.kill('SIGTERM');
    await closed;
    expect(await connects(services[0])).toBe(false);
  });

  test('says what to do when the portside that wrote the plugin is gone', async () => {
    const at = place();
    await runCli(['install-docker-plugin'], at);
    writeFileSync(at.file, readFileSync(at.file, 'utf8').replace(/^program=.*$/m, "program='/nowhere/main.js'"));
    const { status, stderr } = spawnSync(at.file, ['portside', 'up'], { encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('portside install-docker-plugin');
  });
});
