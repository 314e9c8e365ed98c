import { execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeWithDocker, docker } from '../support/docker.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface DemoResult {
  readonly code: number | null;
  readonly output: string;
  /** The project name, from the process id of the demo. */
  readonly project: string;
}

/** Runs `scripts/demo.mjs` as a user would, on one runtime. */
function runDemo(runtime: string): Promise<DemoResult> {
  const variables = Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_ENV|PORTSIDE_|CI$)/.test(name));
  const env = { ...Object.fromEntries(variables), NO_COLOR: '1', PORTSIDE_RUNTIME: runtime };
  const child = spawn(process.execPath, ['scripts/demo.mjs'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output, project: `orders-demo-${child.pid}` }));
  });
}

/** Expects the tables of a demo that went well: three services off their classic ports, four suites that passed. */
function expectSuccess({ code, output }: DemoResult): void {
  expect(code, output).toBe(0);
  for (const [service, port] of Object.entries({ 'postgres-primary': 5432, cache: 6379, api: 8080 })) {
    const row = new RegExp(`│ ${service} +│ \\w+ +│ ${port} +│ 127\\.0\\.0\\.1:(\\d+) +│ healthy`).exec(output);
    expect(Number(row?.[1]), output).toBeGreaterThan(1024);
    expect(Number(row?.[1])).not.toBe(port);
  }
  expect(output.match(/│ \d+ ms +│ passed/g), output).toHaveLength(4);
}

describe('npm run demo, embedded', () => {
  test('ends with its tables and exit code 0, and leaves no process', async () => {
    const result = await runDemo('embedded');
    expectSuccess(result);
    expect(result.output).toContain('runtime embedded');
    const processes = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' });
    for (const port of result.output.matchAll(/127\.0\.0\.1:(\d+)/g)) {
      expect(processes).not.toMatch(new RegExp(`redis-server .*:${port[1]}\\b`));
    }
  });
});

describeWithDocker('npm run demo, Docker', () => {
  test('ends with its tables and exit code 0, and leaves no container, network or volume', async () => {
    const result = await runDemo('docker');
    expectSuccess(result);
    expect(result.output).toContain('runtime docker');
    const filter = ['--filter', `name=${result.project}`, '-q'];
    expect(docker(['ps', '-a', ...filter])).toBe('');
    expect(docker(['network', 'ls', ...filter])).toBe('');
    expect(docker(['volume', 'ls', ...filter])).toBe('');
  });
});
