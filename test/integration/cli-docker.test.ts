import { expect, test } from 'vitest';
import { runCli, startCli } from '../support/cli.js';
import { cliProject, documentOf, nothingRuns, redisFile } from '../support/cli-project.js';
import { describeWithDocker, docker, leftovers } from '../support/docker.js';

describeWithDocker('a start on Docker that fails ends with exit code 1, a coded error and nothing left', () => {
  test.each([
    {
      what: 'an image that cannot be had',
      service: 'image: 127.0.0.1:1/nobody/nothing:1',
      error: { code: 'IMAGE_UNAVAILABLE', message: expect.stringContaining('127.0.0.1:1/nobody/nothing:1') },
    },
    {
      what: 'a service that exits at once',
      service: 'image: redis:7-alpine\n    command: ["sh", "-c", "echo bad luck >&2; exit 7"]',
      error: { code: 'SERVICE_EXITED', message: expect.stringContaining('exit code 7'), logs: ['bad luck'] },
    },
    {
      what: 'a service that never gets healthy',
      service:
        'image: redis:7-alpine\n    healthcheck: { test: "false", interval: 1s, retries: 1 }\n    command: sleep 60',
      error: { code: 'SERVICE_NOT_READY', message: expect.any(String) },
    },
    {
      what: 'a program that does not exist',
      service: 'image: redis:7-alpine\n    command: ["no-such-program"]\n    entrypoint: []',
      error: { code: 'SERVICE_START_FAILED', message: expect.stringContaining('no-such-program') },
    },
  ])('$what', async ({ service, error }) => {
    const options = cliProject('docker', {
      'compose.yaml': `services:\n  job:\n    ${service}\n${redisFile.slice(10)}`,
    });
    const { code, stdout, stderr } = await runCli(['run', '--start-timeout', '8s', '--json', '--', 'true'], options);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.not.stringMatching(/^\s+at .*\.js/m) });
    expect(JSON.parse(stdout).error).toMatchObject({ ...error, service: 'job', hint: expect.any(String) });
    await nothingRuns(options);
    expect(leftovers(options.cwd)).toEqual([]);
  });
});

describeWithDocker('portside up on Docker', () => {
  test('shows phases in order, and tells of a container that dies and comes back', async () => {
    const options = cliProject('docker', { 'compose.yaml': redisFile });
    const up = startCli(['up'], options);
    await up.printed('Press Ctrl-C to stop.');
    const { services } = documentOf(await runCli(['ps', '--json'], options));
    const [container = ''] = docker(['ps', '-q', '--filter', `publish=${services[0].port}`]).split('\n');
    docker(['kill', container]);
    await up.printed('cache is unhealthy');
    docker(['start', container]);
    await up.printed('cache is healthy at redis://127.0.0.1:');
    const { service } = documentOf(await runCli(['discover', 'cache', '--json'], options));
    expect(service.port).not.toBe(services[0].port);
    up.child.kill('SIGINT');
    const { code, stderr } = await up.result;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^cache creating\ncache starting.*\ncache waiting for health\ncache ready in [\d.]+ m?s$/m);
    expect(stderr).toContain(`cache is healthy at ${service.url}`);
    expect(leftovers(options.cwd)).toEqual([]);
  });
});
