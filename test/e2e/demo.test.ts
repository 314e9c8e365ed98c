import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { connects } from '../support/connects.js';
import { describeWithDocker, leftovers } from '../support/docker.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The demo starts eight Node processes; on a busy small machine that takes a while. */
const TIMEOUT_MS = 240_000;

interface DemoResult {
  readonly code: number | null;
  readonly output: string;
}

/** Runs `scripts/demo.mjs` as a user would, on one runtime. */
function runDemo(runtime: string): Promise<DemoResult> {
  const variables = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|PORTSIDE_(?!SNAPSHOTS)|CI$)/.test(name),
  );
  const env = { ...Object.fromEntries(variables), NO_COLOR: '1', PORTSIDE_RUNTIME: runtime };
  const child = spawn(process.execPath, ['scripts/demo.mjs'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Expects a demo that went well: three services off their classic ports, four suites that passed, nothing that listens on. */
async function expectSuccess({ code, output }: DemoResult, runtime: string): Promise<void> {
  expect(code, output).toBe(0);
  expect(output).toContain(`runtime ${runtime}; 4 of 4 suites passed`);
  expect(output.match(/│ \d+ ms +│ passed/g), output).toHaveLength(4);
  for (const [service, classic] of Object.entries({ 'postgres-primary': 5432, cache: 6379, api: 8080 })) {
    const row = new RegExp(`│ ${service} +│ \\w+ +│ ${classic} +│ 127\\.0\\.0\\.1:(\\d+) +│ healthy`).exec(output);
    const port = Number(row?.[1]);
    expect(port, output).toBeGreaterThan(1024);
    expect(port).not.toBe(classic);
    expect(await connects({ host: '127.0.0.1', port })).toBe(false);
  }
}

describe('npm run demo on the embedded runtime', () => {
  test('H5 H6 H144 H145 H146 H168 shows its tables, ends with exit code 0, and leaves no server', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await expectSuccess(await runDemo('embedded'), 'embedded');
  });
});

describeWithDocker('npm run demo on Docker', () => {
  test('H5 H147 H153 H154 H167 shows its tables, ends with exit code 0, and leaves nothing', {
    timeout: TIMEOUT_MS,
  }, async () => {
    await expectSuccess(await runDemo('docker'), 'docker');
    expect(leftovers('orders-demo')).toEqual([]);
  });
});
