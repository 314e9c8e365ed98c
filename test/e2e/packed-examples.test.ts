import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PackedProject, packedExample } from '../support/packed-project.js';
import { startNode } from '../support/program.js';
import { nothingRuns } from '../support/vitest-project.js';

/** Most of it goes into the installation. */
const timeout = 240_000;

let project: PackedProject;
/** Not in the project: Node's test runner looks through all of its folders. */
let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'portside-state-'));
});
afterEach(() => {
  project.remove();
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

/** As users run it: also where coverage is measured, the agent runs from its bundle. */
function environment(): Record<string, string> {
  return { PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: 'embedded', NO_COLOR: '1', NODE_V8_COVERAGE: '' };
}

/** Gives what the example's own `npm test` prints after it has passed; a second test file must not see what the first one does. */
async function passes(suite: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const second = suite.replace('orders', 'others');
  writeFileSync(join(project.folder, second), readFileSync(join(project.folder, suite)));
  const options = { cwd: project.folder, env: { ...environment(), ...variables } };
  const { code, stdout, stderr } = await startNode([npm(), 'test'], options).result;
  expect(code, stdout + stderr).toBe(0);
  await nothingRuns(options);
  return stdout;
}

/** The program of npm itself, as the npm that runs these tests names it, or beside Node. */
function npm(): string {
  return process.env['npm_execpath'] ?? join(process.execPath, '../../lib/node_modules/npm/bin/npm-cli.js');
}

test('the example of node:test passes from its own folder', { timeout }, async () => {
  project = packedExample('node-test');
  expect(await passes('orders.test.js')).toMatch(/^# pass 6$/m);
  const alone = startNode([join(project.folder, 'orders.test.js')], { cwd: project.folder, env: environment() });
  const { code, stdout, stderr } = await alone.result;
  expect(code, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^# pass 3$/m);
  await nothingRuns({ cwd: project.folder, env: environment() });
});

test('the example of Mocha passes from its own folder, in one process and in several', { timeout }, async () => {
  project = packedExample('mocha');
  expect(await passes('orders.test.js')).toContain('4 passing');
  const path = join(project.folder, '.mocharc.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), parallel: true, jobs: 2 }));
  writeFileSync(join(project.folder, 'scope.test.js'), perTest.mocha);
  expect(await passes('orders.test.js', { PORTSIDE_LEASE_SCOPE: 'test' })).toContain('6 passing');
});

test('the example of Playwright Test passes from its own folder', { timeout }, async () => {
  project = packedExample('playwright');
  writeFileSync(join(project.folder, 'scope.spec.js'), perTest.playwright);
  expect(await passes('orders.spec.js')).toContain('6 passed');
});
