import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RuntimeName } from '../../src/model/index.js';
import { describeWithDocker } from '../support/docker.js';
import { type PackedProject, packedExample } from '../support/packed-project.js';
import { startNode } from '../support/program.js';
import { nothingRuns } from '../support/vitest-project.js';

const timeout = 240_000;

let project: PackedProject;
/** Not in the project: Node's test runner looks through all of its folders. */
let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'portside-state-'));
});
afterEach(() => {
  rmSync(state, { recursive: true, force: true, maxRetries: 5 });
});

/** Tests that each count in a Redis of their own. */
const perTest = {
  mocha: `import assert from 'node:assert/strict';
import { getEnvironment } from 'portside/mocha';
describe('each test', () => {
  for (const round of [1, 2]) {
    it('has a Redis of its own, round ' + round, async () => {
      const redis = await (await getEnvironment()).redis('cache');
      assert.equal(await (await redis.client()).incr('count'), 1);
    });
  }
});\n`,
  playwright: `import { createTest, expect } from 'portside/playwright';
const test = createTest({ scope: 'test', services: { counter: 'cache' } });
for (const round of [1, 2]) {
  test('has a Redis of its own, round ' + round, async ({ counter }) => {
    expect(await (await counter.client()).incr('count')).toBe(1);
  });
}\n`,
};

/** Installs an example once for the tests of the group. */
function installed(example: string): void {
  beforeAll(() => {
    project = packedExample(example);
  }, timeout);
  afterAll(() => project.remove());
}

/** On Docker as users run it, with the bundle; on the embedded runtime with the modules where coverage is measured. */
function environment(runtime: RuntimeName): Record<string, string> {
  const asInstalled = runtime === 'docker' ? { NODE_V8_COVERAGE: '' } : {};
  return { PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: runtime, NO_COLOR: '1', ...asInstalled };
}

/** Gives what the example's own `npm test` prints after it has passed; a second test file must not see what the first one does. */
async function passes(
  runtime: RuntimeName,
  suite: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> {
  const second = suite.replace('orders', 'others');
  writeFileSync(join(project.folder, second), readFileSync(join(project.folder, suite)));
  const options = { cwd: project.folder, env: { ...environment(runtime), ...variables } };
  const { code, stdout, stderr } = await startNode([npm(), 'test'], options).result;
  expect(code, stdout + stderr).toBe(0);
  await nothingRuns(options);
  return stdout;
}

/** The program of npm itself, as the npm that runs these tests names it, or beside Node. */
function npm(): string {
  return process.env['npm_execpath'] ?? join(process.execPath, '../../lib/node_modules/npm/bin/npm-cli.js');
}

describe('the example of node:test', () => {
  installed('node-test');
  test('passes from its own folder', { timeout }, async () => {
    expect(await passes('embedded', 'orders.test.js')).toMatch(/^# pass 6$/m);
    const options = { cwd: project.folder, env: environment('embedded') };
    const { code, stdout, stderr } = await startNode([join(project.folder, 'orders.test.js')], options).result;
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^# pass 3$/m);
    await nothingRuns(options);
  });
  describeWithDocker('on Docker', () => {
    test('passes from its own folder', { timeout }, async () => {
      expect(await passes('docker', 'orders.test.js')).toMatch(/^# pass 6$/m);
    });
  });
});

describe('the example of Mocha', () => {
  installed('mocha');
  test('passes from its own folder, in one process and in several', { timeout }, async () => {
    expect(await passes('embedded', 'orders.test.js')).toContain('4 passing');
    expect(await inSeveral('embedded')).toContain('6 passing');
  });
  describeWithDocker('on Docker', () => {
    test('passes from its own folder, in several processes', { timeout }, async () => {
      expect(await inSeveral('docker')).toContain('6 passing');
    });
  });

  function inSeveral(runtime: RuntimeName): Promise<string> {
    const path = join(project.folder, '.mocharc.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), parallel: true, jobs: 2 }));
    writeFileSync(join(project.folder, 'scope.test.js'), perTest.mocha);
    return passes(runtime, 'orders.test.js', { PORTSIDE_LEASE_SCOPE: 'test' });
  }
});

describe('the example of Playwright Test', () => {
  installed('playwright');
  beforeAll(() => writeFileSync(join(project.folder, 'scope.spec.js'), perTest.playwright));
  test('passes from its own folder', { timeout }, async () => {
    expect(await passes('embedded', 'orders.spec.js')).toContain('6 passed');
  });
  describeWithDocker('on Docker', () => {
    test('passes from its own folder', { timeout }, async () => {
      expect(await passes('docker', 'orders.spec.js')).toContain('6 passed');
    });
  });
});
