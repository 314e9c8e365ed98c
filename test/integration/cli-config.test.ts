import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { runCli, temporaryProject } from '../support/cli.js';

/** An engine that does not answer: what needs no engine must not notice. */
const noEngine = { DOCKER_HOST: 'tcp://127.0.0.1:1' };

const stack = `
services:
  web:
    image: nginx:\${TAG}
    ports: ['8080:80']
    command: echo $$HOME
    depends_on: [db]
  db:
    image: postgres:16
    volumes: ['data:/var/lib/postgresql/data']
  trace:
    image: jaeger
    profiles: [debug]
volumes:
  data:
`;

function project(): string {
  return temporaryProject({ 'shop/compose.yaml': stack, 'shop/.env': 'TAG=1.27\n' });
}

describe('portside config', () => {
  test('prints a Compose file in canonical form, which gives the same output again; needs no engine', async () => {
    const cwd = `${project()}/shop`;
    const first = await runCli(['config'], { cwd, env: noEngine });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^name: shop\nservices:\n {2}db:\n/);
    expect(parse(first.stdout)).toMatchObject({
      services: {
        web: {
          command: ['echo', '$$HOME'],
          depends_on: { db: { condition: 'service_started', required: true } },
          image: 'nginx:1.27',
          ports: [{ mode: 'ingress', protocol: 'tcp', published: '8080', target: 80 }],
        },
      },
      volumes: { data: { name: 'shop_data' } },
    });
    const again = await runCli(['config'], {
      cwd: temporaryProject({ 'compose.yaml': first.stdout }),
      env: noEngine,
    });
    expect(again.stdout).toBe(first.stdout);
  });

  test('prints the model as JSON, with single dollar signs', async () => {
    const { code, stdout } = await runCli(['config', '--json'], { cwd: `${project()}/shop`, env: noEngine });
    expect(code).toBe(0);
    const model = JSON.parse(stdout);
    expect(model).toMatchObject({
      name: 'shop',
      services: { web: { command: ['echo', '$HOME'], image: 'nginx:1.27' } },
    });
    expect(Object.keys(model.services)).not.toContain('trace');
  });

  test.each([
    { option: '--services', names: ['db', 'web'] },
    { option: '--profiles', names: ['debug'] },
    { option: '--images', names: ['nginx:1.27', 'postgres:16'] },
    { option: '--volumes', names: ['data'] },
  ])('$option lists names, one a line, or as JSON', async ({ option, names }) => {
    const cwd = `${project()}/shop`;
    const text = await runCli(['config', option], { cwd, env: noEngine });
    expect(text).toMatchObject({ code: 0, stdout: `${names.join('\n')}\n` });
    const json = await runCli(['config', option, '--json'], { cwd, env: noEngine });
    expect(JSON.parse(json.stdout)).toEqual({ [option.slice(2)]: names });
  });

  test('prints services of profiles that are switched on', async () => {
    const { stdout } = await runCli(['config', '--services', '--profile', 'debug'], { cwd: `${project()}/shop` });
    expect(stdout).toBe('db\ntrace\nweb\n');
  });

  test('prints the one Compose project that a configuration file uses', async () => {
    const cwd = temporaryProject({
      'stacks/compose.yaml': 'services: {cache: {image: redis}}\n',
      'portside.config.json': '{"composeFile": "stacks/compose.yaml"}',
    });
    const { code, stdout } = await runCli(['config', '--services'], { cwd, env: noEngine });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'cache\n' });
  });

  test('refuses a broken file, and lists that exclude each other', async () => {
    const cwd = temporaryProject({ 'compose.yaml': 'services:\n  cache:\n    imgae: redis\n' });
    const broken = await runCli(['config', '--json'], { cwd, env: noEngine });
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.stdout)).toMatchObject({ error: { code: 'COMPOSE_UNKNOWN_KEY', line: 3 } });
    const both = await runCli(['config', '--services', '--images'], { cwd, env: noEngine });
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('--services and --images exclude each other');
  });

  test('says so when a configuration file uses no Compose file', async () => {
    const cwd = temporaryProject({
      'portside.config.json': '{"services": {"cache": {"type": "redis", "options": {}}}}',
    });
    const { code, stdout } = await runCli(['config', '--json'], { cwd, env: noEngine });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'COMPOSE_FILE_NOT_FOUND', hint: expect.any(String) } });
  });
});
