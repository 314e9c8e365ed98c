import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { runCli, startCli } from '../support/cli.js';
import { cliProject, documentOf, nothingRuns, redisFile } from '../support/cli-project.js';
import { connects } from '../support/connects.js';

interface Check {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly hint?: string;
}

function checkOf(checks: readonly Check[], name: string): Check | undefined {
  return checks.find((check) => check.name === name);
}

test('doctor says what works here and which runtime the project would take', async () => {
  const options = cliProject('embedded', { 'compose.yaml': redisFile });
  const { usable, checks } = documentOf(await runCli(['doctor', '--json'], options));
  expect(usable).toBe(true);
  expect(checkOf(checks, 'node')).toEqual({ name: 'node', status: 'ok', message: process.version });
  expect(checkOf(checks, 'embedded redis')).toMatchObject({ status: 'ok' });
  expect(checkOf(checks, 'project')).toMatchObject({
    status: 'ok',
    message: expect.stringContaining('1 service from'),
  });
  expect(checkOf(checks, 'runtime')).toMatchObject({ status: 'ok', message: 'this project runs on embedded' });
  const text = await runCli(['doctor'], options);
  expect(text.stdout).toMatch(/^✓ node +v/m);
  expect(text.stdout).toContain('This machine can run environments.');
});

test('doctor ends with exit code 1 when no runtime can run the project, and says what to do', async () => {
  const options = cliProject('embedded', { 'compose.yaml': 'services:\n  web:\n    image: nginx\n' });
  const { code, stdout } = await runCli(['doctor', '--json'], options);
  expect(code).toBe(1);
  const { usable, checks } = JSON.parse(stdout);
  expect(usable).toBe(false);
  expect(checkOf(checks, 'runtime')).toMatchObject({ status: 'fail', hint: expect.any(String) });
});

test('doctor finds what a killed agent has left, and sweep removes it', async () => {
  const options = cliProject('embedded', { 'compose.yaml': redisFile });
  const { environment, services } = documentOf(await runCli(['up', '--detach', '--json'], options));
  process.kill(environment.agent.pid, 'SIGKILL');
  const { checks } = documentOf(await runCli(['doctor', '--json'], options));
  expect(checkOf(checks, 'leftovers')).toMatchObject({
    status: 'warn',
    hint: expect.stringContaining('portside sweep'),
  });
  expect(await connects(services[0])).toBe(true);

  const report = documentOf(await runCli(['sweep', '--json'], options));
  expect(report.removed.map(({ type }: { type: string }) => type)).toContain('process');
  expect(await connects(services[0])).toBe(false);
  expect((await runCli(['sweep'], options)).stdout).toContain('Nothing to remove.');
  await nothingRuns(options);
});

test.each([
  ['doctor', 'SIGINT', 130],
  ['doctor', 'SIGTERM', 143],
  ['up', 'SIGINT', 130],
] as const)('%s ends at the first %s, though the engine never answers', async (command, signal, code) => {
  const engine = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void engine.close());
  await once(engine, 'listening');
  const { port } = engine.address() as AddressInfo;
  const asked = once(engine, 'connection');
  const { cwd, env } = cliProject('embedded', { 'compose.yaml': redisFile });
  const started = startCli([command], {
    cwd,
    env: { ...env, PORTSIDE_RUNTIME: 'auto', DOCKER_HOST: `tcp://127.0.0.1:${port}` },
  });
  await asked;
  started.child.kill(signal);
  expect(await started.result).toEqual({
    code,
    signal: null,
    stdout: '',
    stderr: expect.stringContaining(`interrupted by ${signal}`),
  });
});
