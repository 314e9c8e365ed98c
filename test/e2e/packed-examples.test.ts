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

/** Gives what the example's own `npm test` prints after it has passed; a second test file must not see what the first one does. */
async function passes(suite: string): Promise<string> {
  const second = suite.replace('orders', 'others');
  writeFileSync(join(project.folder, second), readFileSync(join(project.folder, suite)));
  const env = { PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: 'embedded', NO_COLOR: '1' };
  const options = { cwd: project.folder, env };
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
});

test('the example of Mocha passes from its own folder, in one process and in several', { timeout }, async () => {
  project = packedExample('mocha');
  expect(await passes('orders.test.js')).toContain('4 passing');
  const path = join(project.folder, '.mocharc.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), parallel: true, jobs: 2 }));
  expect(await passes('orders.test.js')).toContain('4 passing');
});

test('the example of Playwright Test passes from its own folder', { timeout }, async () => {
  project = packedExample('playwright');
  expect(await passes('orders.spec.js')).toContain('4 passed');
});
