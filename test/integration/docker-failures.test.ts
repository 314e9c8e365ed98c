import { expect, it } from 'vitest';
import { describeWithDocker } from '../support/docker.js';
import { answering, type TestService, withDockerRuntime } from '../support/docker-runtime.js';

/** Starts the one service, which fails, checks that nothing of it is left, and gives the error. */
async function failure(service: TestService): Promise<unknown> {
  let error: unknown;
  await withDockerRuntime([service], async (test) => {
    const before = await test.inventory();
    error = await test.start(service.name).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(await test.inventory()).toEqual(before);
    expect(test.events).toEqual([]);
  });
  return error;
}

describeWithDocker('a service that cannot start', () => {
  it('names the image that cannot be had and what the engine was answered', async () => {
    expect(await failure({ name: 'db', image: 'registry.invalid/nobody/nothing:1' })).toMatchObject({
      code: 'IMAGE_UNAVAILABLE',
      service: 'db',
      message: expect.stringMatching(
        /Cannot pull the image 'registry\.invalid\/nobody\/nothing:1' for the service 'db': .{10,}/,
      ),
      hint: expect.stringContaining('registry.invalid'),
    });
  });

  it('names an image that is missing and not to be pulled', async () => {
    expect(await failure({ name: 'db', image: 'nobody/nothing:1', pullPolicy: 'never' })).toMatchObject({
      code: 'IMAGE_UNAVAILABLE',
      message: expect.stringContaining("Current value of pull_policy is 'never'"),
      hint: expect.stringContaining('docker pull nobody/nothing:1'),
    });
  });

  it('names a program that the image does not have', async () => {
    expect(await failure(answering('api', { command: ['no-such-program'], entrypoint: [] }))).toMatchObject({
      code: 'SERVICE_START_FAILED',
      service: 'api',
      message: expect.stringMatching(/^Cannot start the service 'api': .*no-such-program/),
      hint: expect.stringContaining('`command`'),
    });
  });

  it('names a host path that does not exist', async () => {
    const mount = {
      type: 'bind',
      source: '/no/such/folder',
      target: '/x',
      readOnly: false,
      createHostPath: false,
    } as const;
    expect(await failure(answering('api', { mounts: [mount] }))).toMatchObject({
      code: 'SERVICE_START_FAILED',
      message: expect.stringContaining('/no/such/folder'),
      hint: expect.stringContaining('host path'),
    });
  });

  it('names a secret that cannot be read or is not defined', async () => {
    const secrets = [{ source: 'token', target: '/run/secrets/token' }];
    expect(await failure(answering('api', { secrets }))).toMatchObject({
      code: 'SERVICE_START_FAILED',
      message: "Cannot give the secret 'token' to the service 'api': it is not defined.",
    });
  });

  it('shows the output of a post_start command that fails', async () => {
    const postStart = [{ command: ['sh', '-c', 'echo not today; exit 5'] }];
    expect(await failure(answering('api', { container: { postStart } }))).toMatchObject({
      code: 'SERVICE_START_FAILED',
      message: expect.stringContaining('ended with exit code 5'),
      logs: ['not today'],
    });
  });

  it('says that a container without a network has no ports', async () => {
    expect(await failure(answering('api', { container: { networkMode: 'none' } }))).toMatchObject({
      code: 'SERVICE_START_FAILED',
      message: expect.stringContaining("7000/tcp. Current value of network_mode is 'none'"),
    });
  });

  it('says that neither image nor build is given', async () => {
    expect(await failure({ name: 'api' })).toMatchObject({ code: 'SERVICE_START_FAILED', service: 'api' });
  });
});
