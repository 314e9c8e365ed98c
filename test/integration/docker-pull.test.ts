import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWithDocker } from '../support/docker.js';
import { withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { startRegistry, type TestRegistry } from '../support/registry.js';

describeWithDocker('an image that is missing', () => {
  let registry: TestRegistry;
  let folder: string;

  beforeAll(async () => {
    registry = await startRegistry('me', 'secret');
    folder = await mkdtemp(join(tmpdir(), 'portside-docker-config-'));
    const auth = Buffer.from('me:secret').toString('base64');
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.address]: { auth } } }));
  });
  afterAll(async () => {
    const image = `${registry.address}/team/tiny:1`;
    await withEngine((client) =>
      client
        .getImage(image)
        .remove({ force: true })
        .catch(() => undefined),
    );
    await registry.close();
    await rm(folder, { recursive: true, force: true });
  });

  const service = (tag: string) => ({ name: 'tiny', image: `${registry.address}/team/${tag}`, command: ['none'] });

  it('is refused without credentials, with the registry and what to do', async () => {
    await withDockerRuntime([service('tiny:1')], async (test) => {
      await expect(test.start('tiny')).rejects.toMatchObject({
        code: 'IMAGE_UNAVAILABLE',
        service: 'tiny',
        message: expect.stringMatching(new RegExp(`${registry.address}/team/tiny:1.*no basic auth credentials`)),
        hint: expect.stringContaining(`docker login ${registry.address}`),
      });
    });
  });

  it('is pulled with the credentials of `docker login`, layer by layer, once for all who ask at the same time', async () => {
    const environment = { ...process.env, DOCKER_CONFIG: folder };
    await withDockerRuntime(
      [service('tiny:1')],
      async (test) => {
        // The image holds no program at all, so that only the pull can have gone well.
        const starts = await Promise.allSettled([test.start('tiny', 1), test.start('tiny', 2)]);
        for (const start of starts) {
          expect(start).toMatchObject({
            reason: { code: 'SERVICE_START_FAILED', message: expect.stringContaining('"none"') },
          });
        }
        expect(test.progress.filter((line) => line === 'tiny pulling')).toHaveLength(1);
        expect(test.progress).toContain('tiny pulling 2 of 2 layers');
      },
      {},
      undefined,
      environment,
    );
  });

  it('is named with the answer when the registry does not have it', async () => {
    const environment = { ...process.env, DOCKER_CONFIG: folder };
    await withDockerRuntime(
      [service('other:7')],
      async (test) => {
        await expect(test.start('tiny')).rejects.toMatchObject({
          code: 'IMAGE_UNAVAILABLE',
          message: expect.stringMatching(/team\/other:7.*(manifest|not found|unknown)/),
        });
      },
      {},
      undefined,
      environment,
    );
  });
});
