import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../dist/agent/main.cjs', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ps-main-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the agent's process with an order that it cannot read; gives its log, and what it says to its spawner. */
function run(coverage: string) {
  const { status, stdout, output } = spawnSync(process.execPath, [main], {
    input: 'no order',
    encoding: 'utf8',
    env: { ...process.env, NODE_V8_COVERAGE: coverage },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  return { status, log: JSON.parse(stdout), answer: JSON.parse(output[3] ?? '') };
}

test('the agent runs from its bundle, and says what it could not do', () => {
  const { status, log, answer } = run('');
  expect(status).toBe(1);
  expect(log).toMatchObject({ level: 50, msg: 'Cannot start the agent' });
  expect(log.err.stack).toContain(join('dist', 'bundle', 'process.cjs'));
  const hint = expect.stringContaining('portside doctor');
  expect(answer).toMatchObject({ error: { code: 'AGENT_FAILED', message: expect.stringContaining('JSON'), hint } });
});

test('where coverage is measured the agent runs from its modules, and does the same', () => {
  const { status, log, answer } = run(folder);
  expect(status).toBe(1);
  expect(log.err.stack).toContain(join('dist', 'agent', 'process.js'));
  expect(answer).toMatchObject({ error: { code: 'AGENT_FAILED', message: expect.stringContaining('JSON') } });
});
