import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCli, temporaryProject } from '../support/cli.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

test('--version prints the version', async () => {
  const cwd = temporaryProject({});
  for (const flag of ['--version', '-V']) {
    expect(await runCli([flag], { cwd })).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  }
});

test('--help lists every command', async () => {
  const { code, stdout } = await runCli(['--help'], { cwd: temporaryProject({}) });
  expect(code).toBe(0);
  for (const name of ['up', 'down', 'ps', 'plan', 'logs', 'discover', 'run', 'doctor', 'sweep', 'types']) {
    expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  }
});

test.each([
  { args: [], says: 'it names no command', hint: 'portside --help' },
  { args: ['pln'], says: "unknown command 'pln'", hint: 'Did you mean plan?' },
  { args: ['up', '--fiel', 'x'], says: "unknown option '--fiel'", hint: 'Did you mean --file?' },
  { args: ['up', '--runtime', 'podman'], says: "argument 'podman' is invalid", hint: 'See portside up --help.' },
  { args: ['up', '--start-timeout', 'soon'], says: 'must be a duration', hint: 'See portside up --help.' },
  { args: ['discover'], says: "missing required argument 'name'", hint: 'portside discover cache' },
  { args: ['logs', '--tail', 'x'], says: 'must be a whole number', hint: 'See portside logs --help.' },
])('$args is a usage error with exit code 2, a hint and no stack trace', async ({ args, says, hint }) => {
  const cwd = temporaryProject({});
  const { code, stdout, stderr } = await runCli(args, { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(says);
  expect(stderr).toContain(hint);
  expect(stderr).not.toMatch(/^\s+at /m);

  const json = await runCli([...args, '--json'], { cwd });
  expect(json.code).toBe(2);
  expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'USAGE', message: expect.stringContaining(says) } });
  expect(json.stderr).toBe('');
});
