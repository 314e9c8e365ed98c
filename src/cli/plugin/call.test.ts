import { describe, expect, test } from 'vitest';
import { readPluginCall } from './call.js';

describe('readPluginCall', () => {
  test("drops the plugin's name", () => {
    expect(readPluginCall(['portside', 'up', '-d'], {}).argv).toEqual(['up', '-d']);
    expect(readPluginCall(['portside'], {}).argv).toEqual([]);
    expect(readPluginCall(['portside', 'run', '--', 'portside', '-c', 'x'], {}).argv).toEqual([
      'run',
      '--',
      'portside',
      '-c',
      'x',
    ]);
  });

  test("turns docker's help command into the option", () => {
    expect(readPluginCall(['help', 'portside', 'up'], {}).argv).toEqual(['up', '--help']);
  });

  test.each([
    { args: ['--context', 'remote'], variables: { DOCKER_CONTEXT: 'remote', DOCKER_HOST: undefined } },
    { args: ['--context=remote'], variables: { DOCKER_CONTEXT: 'remote', DOCKER_HOST: undefined } },
    { args: ['-cremote'], variables: { DOCKER_CONTEXT: 'remote', DOCKER_HOST: undefined } },
    { args: ['-D', '-H', 'tcp://engine:2375'], variables: { DOCKER_HOST: 'tcp://engine:2375' } },
    {
      args: ['--config', '/elsewhere', '--tlsverify'],
      variables: { DOCKER_CONFIG: '/elsewhere', DOCKER_TLS_VERIFY: '1' },
    },
  ])("takes docker's own options $args as environment variables", ({ args, variables }) => {
    const call = readPluginCall([...args, 'portside', 'ps'], { DOCKER_HOST: 'unix:///old.sock', HOME: '/home/user' });
    expect(call.argv).toEqual(['ps']);
    expect(call.environment).toMatchObject({ HOME: '/home/user', ...variables });
  });

  test('leaves an option of docker that it has no meaning for to be refused as unknown', () => {
    expect(readPluginCall(['--tlskey', 'key.pem', 'portside', 'ps'], {}).argv).toEqual(['--tlskey', 'ps']);
  });

  test("keeps the docker command's own variables from the programs that portside starts", () => {
    const { environment } = readPluginCall(['portside', 'run'], { DOCKER_CLI_PLUGIN_SOCKET: '@docker_cli_1' });
    expect(environment['DOCKER_CLI_PLUGIN_SOCKET']).toBeUndefined();
  });
});
