import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, temporaryProject } from '../support/cli.js';

const stack = resolve(import.meta.dirname, '../../compose/stack.yaml');

/** An engine that does not answer: what needs no engine must not notice. */
const noEngine = { DOCKER_HOST: 'tcp://127.0.0.1:1' };

describe('portside plan', () => {
  test('prints services, start order, kinds and port policy of the sample stack as JSON, without an engine', async () => {
    const cwd = temporaryProject({});
    const { code, stdout } = await runCli(['plan', '--file', stack, '--json'], { cwd, env: noEngine });
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ runtime: 'auto', warnings: expect.any(Array) });
    expect(document.services).toEqual([
      {
        name: 'cache',
        kind: 'redis',
        image: expect.stringMatching(/^redis:/),
        dependsOn: [],
        ports: [{ target: 6379, protocol: 'tcp', policy: 'dynamic' }],
        startOrder: 0,
      },
      {
        name: 'postgres-primary',
        kind: 'postgres',
        image: expect.stringMatching(/^postgres:/),
        dependsOn: [],
        ports: [{ target: 5432, protocol: 'tcp', policy: 'dynamic' }],
        startOrder: 0,
      },
      expect.objectContaining({
        name: 'api',
        kind: 'http',
        dependsOn: expect.arrayContaining(['cache', 'postgres-primary']),
        ports: [{ target: 8080, protocol: 'tcp', policy: 'dynamic' }],
        startOrder: 1,
      }),
    ]);
  });

  test('prints a table for people, and warnings on standard error with their place', async () => {
    const cwd = temporaryProject({
      'compose.yaml':
        'services:\n  db:\n    image: redis:7\n    ports: ["6379:6379"]\n    scale: 1\n    credential_spec:\n      file: x\n',
    });
    const { code, stdout, stderr } = await runCli(['plan'], { cwd, env: noEngine });
    expect(code).toBe(0);
    expect(stdout).toMatch(/START +SERVICE +KIND +MADE FROM +PORTS +WAITS FOR/);
    expect(stdout).toMatch(/0 +db +redis +redis:7 +6379\/tcp dynamic/);
    expect(stderr).toMatch(/warning: .*credential_spec.*\(compose\.yaml:6/);
  });

  test('warns of a database whose data lie in a folder of the host, and says what to do', async () => {
    const cwd = temporaryProject({
      'compose.yaml':
        'services:\n  db:\n    image: postgres:16\n    volumes: ["./data/pg:/var/lib/postgresql/data"]\n    environment: {POSTGRES_PASSWORD: x}\n',
    });
    const { code, stderr } = await runCli(['plan'], { cwd, env: noEngine });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /warning: .*data\/pg.*Mount a named volume at \/var\/lib\/postgresql\/data.*\(compose\.yaml:4/,
    );
  });

  test('takes --ports and --runtime into the plan', async () => {
    const cwd = temporaryProject({
      'compose.yaml': 'services:\n  db:\n    image: redis:7\n    ports: ["6379:6379"]\n',
    });
    const { stdout } = await runCli(['plan', '--ports', 'prefer', '--runtime', 'docker', '--json'], {
      cwd,
      env: noEngine,
    });
    expect(JSON.parse(stdout)).toMatchObject({ runtime: 'docker', services: [{ ports: [{ policy: 'prefer' }] }] });
  });
});

describe('bad input to plan gets a coded error with a hint and exit code 1', () => {
  const redis = 'services:\n  cache:\n    image: redis:7\n';

  test.each([
    { what: 'a missing file', args: ['--file', 'nowhere.yaml'], yaml: redis, code: 'COMPOSE_FILE_NOT_FOUND' },
    { what: 'no file at all', yaml: undefined, code: 'COMPOSE_FILE_NOT_FOUND' },
    { what: 'broken YAML', yaml: 'services:\n  cache: [\n', code: 'COMPOSE_SYNTAX', line: 3 },
    {
      what: 'an unknown key',
      yaml: 'services:\n  cache:\n    imgae: redis:7\n',
      code: 'COMPOSE_UNKNOWN_KEY',
      line: 3,
      hint: 'image',
    },
    {
      what: 'an undefined variable with :?',
      yaml: 'services:\n  cache:\n    image: redis:${REDIS_TAG:?give me a tag}\n',
      code: 'COMPOSE_INTERPOLATION',
      line: 3,
      message: 'give me a tag',
    },
    {
      what: 'a dependency on an undefined service',
      yaml: `${redis}    depends_on: [cahce2]\n`,
      code: 'COMPOSE_REFERENCE',
      message: 'cahce2',
    },
    {
      what: 'a dependency cycle',
      yaml: 'services:\n  a:\n    image: x\n    depends_on: [b]\n  b:\n    image: x\n    depends_on: [a]\n',
      code: 'COMPOSE_CYCLE',
      message: /a -> b -> a|b -> a -> b/,
    },
    { what: 'two services with one name', yaml: `${redis}  cache:\n    image: redis:6\n`, code: /^COMPOSE_/, line: 4 },
  ])('$what', async ({ args = [], yaml, code, line, message, hint }) => {
    const cwd = temporaryProject(yaml === undefined ? {} : { 'compose.yaml': yaml });
    const json = await runCli(['plan', ...args, '--json'], { cwd, env: noEngine });
    expect(json.code).toBe(1);
    const { error } = JSON.parse(json.stdout);
    const first = error.errors?.[0] ?? error;
    expect(first.code).toEqual(typeof code === 'string' ? code : expect.stringMatching(code));
    if (line !== undefined) expect(first).toMatchObject({ file: expect.stringContaining('compose.yaml'), line });
    if (message !== undefined) expect(first.message).toMatch(message);
    expect(first.hint).toEqual(hint === undefined ? expect.any(String) : expect.stringContaining(hint));

    const text = await runCli(['plan', ...args], { cwd, env: noEngine });
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toMatch(/^error: Cannot /);
    expect(text.stderr).not.toMatch(/^\s+at .*\.js/m);
  });
});
