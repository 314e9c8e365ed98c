import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { BuildDefinition } from '../../src/model/index.js';
import { describeWithDocker } from '../support/docker.js';
import { type TestRuntime, withDockerRuntime, withEngine } from '../support/docker-runtime.js';

const folders: string[] = [];

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'portside-context-'));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
  await withEngine(async (client) => {
    const images = await client.listImages({ filters: { reference: ['portside-build/porttest-*'] } });
    for (const { RepoTags } of images) {
      for (const tag of RepoTags ?? []) await client.getImage(tag).remove({ force: true });
    }
  });
});

const service = (build: BuildDefinition, more: object = {}) => ({ name: 'app', build, ...more });

/** Runs the built service to its end and gives what it printed. */
async function output(test: TestRuntime): Promise<string[]> {
  const running = await test.start('app');
  await test.runtime.exit(running, AbortSignal.timeout(20_000));
  const lines: string[] = [];
  for await (const { text } of test.runtime.logs(running, {})) lines.push(text);
  return lines;
}

const builtOnce = (progress: readonly string[]) => progress.filter((line) => line === 'app building').length;

describeWithDocker('an image with a build', () => {
  it('is built from its context, without what .dockerignore leaves out', async () => {
    const context = await folderWith({
      Dockerfile: 'FROM node:20-slim\nCOPY . /app\nCMD ["sh", "-c", "cd /app && find . -type f | sort"]\n',
      '.dockerignore': '# not for the image\nnode_modules\n**/*.log\nsecret/*\n!secret/public.txt\n',
      'main.js': '',
      'src/deep/file.txt': '',
      'src/deep/debug.log': '',
      'node_modules/left/out.js': '',
      'secret/private.txt': '',
      'secret/public.txt': '',
    });
    await withDockerRuntime([service({ context, args: {} })], async (test) => {
      expect(await output(test)).toEqual([
        './.dockerignore',
        './Dockerfile',
        './main.js',
        './secret/public.txt',
        './src/deep/file.txt',
      ]);
      expect(test.progress).toContain('app building step 2/2');
    });
  });

  it('takes arguments, a target and labels, and a Dockerfile from outside the context', async () => {
    const context = await folderWith({ 'app/data.txt': 'data' });
    const dockerfile = join(
      await folderWith({
        'other.Dockerfile':
          'FROM node:20-slim AS first\nARG WORD\nCOPY app/data.txt /\nRUN echo "$WORD" > /word\nCMD ["cat", "/word", "/data.txt"]\nFROM first AS second\nCMD ["false"]\n',
      }),
      'other.Dockerfile',
    );
    const build = { context, dockerfile, args: { WORD: 'ahoy' }, target: 'first', labels: { mine: 'yes' } };
    await withDockerRuntime([service(build)], async (test) => {
      expect(await output(test)).toEqual(['ahoy', 'data']);
      const [container] = await withEngine((client) =>
        client.listContainers({ all: true, filters: { label: [`dev.portside.instance=${test.owner.instance}`] } }),
      );
      const info = await withEngine((client) => client.getImage(container?.Image ?? '').inspect());
      expect(info.Config.Labels).toMatchObject({ mine: 'yes', 'dev.portside.build': 'porttest-app' });
    });
  });

  it('is built for the platform of the service alone, whichever others it is published for', async () => {
    const { Os, Arch } = await withEngine((client) => client.version());
    const other = Arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';
    const context = await folderWith({ Dockerfile: 'FROM node:20-slim\nCMD ["node", "-p", "process.arch"]\n' });
    const build = { context, args: {}, platforms: [other, `${Os}/${Arch}`] };
    for (const container of [{ platform: `${Os}/${Arch}` }, {}]) {
      await withDockerRuntime([service(build, { container })], async (test) => {
        expect(await output(test)).toEqual([process.arch]);
      });
    }
  });

  it("tells builds and containers of the proxies of Docker's configuration, unless the file has others", async () => {
    const proxies = { default: { httpProxy: 'http://proxy.test:1', noProxy: 'localhost' } };
    const config = await folderWith({ 'config.json': JSON.stringify({ proxies }) });
    // A builder that has run a line keeps its result, whatever proxies there are now.
    const print = 'echo $HTTP_PROXY $http_proxy $NO_PROXY $no_proxy';
    const context = await folderWith({
      Dockerfile: `FROM node:20-slim\nRUN : ${Date.now()}; ${print} > /built\nCMD ["sh", "-c", "cat /built; ${print}"]\n`,
    });
    const build = { context, args: { NO_PROXY: 'of.args', no_proxy: 'of.args' } };
    const services = [service(build, { environment: { http_proxy: 'http://own.test:2' } })];
    const body = async (test: TestRuntime) =>
      expect(await output(test)).toEqual([
        'http://proxy.test:1 http://proxy.test:1 of.args of.args',
        'http://proxy.test:1 http://own.test:2 localhost localhost',
      ]);
    await withDockerRuntime(services, body, {}, undefined, { ...process.env, DOCKER_CONFIG: config });
  });

  it('may have its Dockerfile inline, with mounts that only BuildKit knows', async () => {
    const context = await folderWith({ 'data.txt': 'mounted' });
    const dockerfileInline =
      'FROM node:20-slim\nRUN --mount=type=bind,target=/ctx cp /ctx/data.txt /copy\nCMD ["cat", "/copy"]\n';
    await withDockerRuntime([service({ context, args: {}, dockerfileInline })], async (test) => {
      expect(await output(test)).toEqual(['mounted']);
    });
  });

  it('is built once for the same content by environments that start at the same time, and anew when a file changes', async () => {
    const context = await folderWith({
      Dockerfile: `FROM node:20-slim\nCOPY file /\nCMD ["cat", "/file"]\n`,
      file: 'one',
    });
    const services = [service({ context, args: {} })];
    const stateFolder = await folderWith({});
    const progress: string[][] = [];
    const run = (expected: string) =>
      withDockerRuntime(
        services,
        async (test) => {
          expect(await output(test)).toEqual([expected]);
          progress.push([...test.progress]);
        },
        {},
        stateFolder,
      );
    await Promise.all([run('one'), run('one'), run('one')]);
    expect(progress.flat().filter((line) => line === 'app building step 1/2')).toHaveLength(1);
    await run('one');
    expect(builtOnce(progress[3] ?? [])).toBe(0);
    await writeFile(join(context, 'file'), 'two');
    await run('two');
    expect(builtOnce(progress[4] ?? [])).toBe(1);
  });

  it('serves the services that name its result as their image', async () => {
    const context = await folderWith({ Dockerfile: 'FROM node:20-slim\nCMD ["echo", "built"]\n' });
    const builder = { name: 'builder', image: 'portside-nowhere/app:1', build: { context, args: {} } };
    await withDockerRuntime([builder, { name: 'app', image: 'portside-nowhere/app:1' }], async (test) => {
      expect(await output(test)).toEqual(['built']);
    });
  });

  it('fails with the last lines of the build', async () => {
    const context = await folderWith({ Dockerfile: 'FROM node:20-slim\nRUN echo this went wrong >&2 && exit 3\n' });
    await withDockerRuntime([service({ context, args: {} })], async (test) => {
      const error = await test.start('app').catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'IMAGE_BUILD_FAILED',
        service: 'app',
        message: expect.stringMatching(/exit code: 3|non-zero code: 3/),
      });
      expect((error as { logs: string[] }).logs.join('\n')).toContain('this went wrong');
    });
  });

  it('says how far it was when its time was up', async () => {
    const context = await folderWith({ Dockerfile: 'FROM node:20-slim\nRUN echo got this far && sleep 60\n' });
    await withDockerRuntime([service({ context, args: {} })], async (test) => {
      const error = await test.start('app', 1, {}, 8000).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'IMAGE_BUILD_FAILED', message: expect.stringContaining('not done in time') });
      expect((error as { logs: string[] }).logs.join('\n')).toContain('got this far');
    });
  });

  it('fails with the path when there is no Dockerfile', async () => {
    const context = await folderWith({ 'main.js': '' });
    await withDockerRuntime([service({ context, args: {} })], async (test) => {
      await expect(test.start('app')).rejects.toMatchObject({
        code: 'IMAGE_BUILD_FAILED',
        message: `Cannot build the image of the service 'app': ${join(context, 'Dockerfile')} does not exist.`,
      });
    });
  });

  it('fails when it needs secrets of the build', async () => {
    const context = await folderWith({ Dockerfile: 'FROM node:20-slim\n' });
    const build = { context, args: {}, buildkitOnly: ['secrets', 'cache_to'] };
    await withDockerRuntime([service(build)], async (test) => {
      await expect(test.start('app')).rejects.toMatchObject({
        code: 'IMAGE_BUILD_FAILED',
        message: expect.stringContaining('no secrets.'),
      });
    });
  });

  it('stops building when the environment stops', async () => {
    const context = await folderWith({ Dockerfile: `FROM node:20-slim\nRUN echo ${Math.random()} && sleep 100\n` });
    await withDockerRuntime([service({ context, args: {} })], async (test) => {
      const start = test.start('app').catch((reason: unknown) => reason);
      while (!test.progress.includes('app building step 2/2')) await new Promise((resolve) => setTimeout(resolve, 50));
      await test.runtime.stop();
      expect(await start).toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
    });
  });
});
