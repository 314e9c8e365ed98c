import { mkdtempSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EnvironmentHandle } from '../../src/index.js';
import { temporaryProject } from '../support/cli.js';
import { library } from '../support/library.js';
import { startNode } from '../support/program.js';

let state: string;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'ps-stream-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

async function open(settings: Readonly<Record<string, string>> = {}): Promise<EnvironmentHandle> {
  const { openEnvironment } = await library();
  const environment = { ...process.env, PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: 'embedded', ...settings };
  const cwd = temporaryProject({ 'compose.yaml': 'services: {cache: {image: redis:7-alpine}}' });
  return openEnvironment({ source: { cwd, environment }, client: 'test' });
}

const states = (env: EnvironmentHandle) => async () => (await env.document()).leases.map((lease) => lease.state);

test('a lease that is given up while it waits is not kept, and the next has its turn', async () => {
  await using env = await open({ PORTSIDE_LEASE_MAX_ACTIVE: '1' });
  const first = await env.lease('cache');
  const enough = new AbortController();
  const waiting = env.lease('cache', { signal: enough.signal });
  waiting.catch(() => undefined);
  await expect.poll(states(env)).toEqual(['active', 'queued']);
  enough.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  await expect.poll(states(env)).toEqual(['active']);
  await first.release();
  await using second = await env.lease('cache', { signal: new AbortController().signal });
  expect(second.name).not.toBe(first.name);
  await expect(env.lease('cache', { signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never');
});

test('leases that are given up at any moment leave nothing', async () => {
  await using env = await open();
  let given = 0;
  for (let round = 0; round < 60; round++) {
    const enough = new AbortController();
    const lease = env.lease('cache', { signal: enough.signal });
    // Every sixth has no time at all.
    if (round % 6 === 0) enough.abort(new Error('enough'));
    else setTimeout(() => enough.abort(new Error('enough')), round % 6);
    try {
      await (await lease).release();
      given++;
    } catch (error) {
      expect((error as Error).message).toBe('enough');
    }
  }
  expect(given).toBeLessThanOrEqual(50);
  await expect.poll(states(env)).toEqual([]);
});

test('a process that waits for a lease goes on until it has it, although its session would let it end', async () => {
  await using env = await open({ PORTSIDE_LEASE_MAX_ACTIVE: '1' });
  const held = await env.lease('cache');
  const script = `import { attachEnvironment } from ${JSON.stringify(new URL('../../dist/index.js', import.meta.url).href)};
    const env = await attachEnvironment({ socket: process.argv[2], hold: false, unref: true });
    console.log('waits');
    console.log((await env.lease('cache')).service);`;
  const cwd = temporaryProject({ 'wait.mjs': script });
  const run = startNode(['wait.mjs', env.socket ?? ''], { cwd });
  await run.printed('waits');
  await expect.poll(states(env)).toEqual(['active', 'queued']);
  await sleep(100);
  await held.release();
  expect(await run.result).toMatchObject({ code: 0, stdout: 'waits\ncache\n', stderr: '' });
  await expect.poll(states(env)).toEqual([]);
});

test('what is no command is answered, and what is no JSON ends the session and its leases', async () => {
  await using env = await open();
  const headers = { 'content-type': 'application/x-ndjson' };
  const socketPath = env.socket ?? '';
  const session = request({ socketPath, method: 'POST', path: '/v1/sessions', agent: false, headers });
  session.on('error', () => undefined);
  session.write('{"client": "raw", "hold": false}\n');
  const response = await new Promise<IncomingMessage>((resolve) => session.on('response', resolve));
  const frames: { type: string; number?: number; error?: { code: string } }[] = [];
  const parser = createParser({ onEvent: ({ data }) => frames.push(JSON.parse(data)) });
  response.on('data', (chunk) => parser.feed(String(chunk)));
  response.on('error', () => undefined);
  const ended = new Promise((resolve) => response.on('close', resolve));
  session.write('{"number": 1, "command": "fly"}\n{"number": 2, "command": "lease", "request": {}}\n');
  await expect.poll(() => frames.filter(({ type }) => type === 'answer').length).toBe(2);
  const answer = (number: number) => frames.find((frame) => frame.number === number);
  expect(answer(1)?.error).toMatchObject({ code: 'USAGE', message: expect.stringContaining('"fly"') });
  expect(answer(2)).toMatchObject({ value: { leases: [{ service: 'cache', isolation: 'server' }] } });
  expect(await states(env)()).toEqual(['active']);
  session.write('fly\n');
  await ended;
  await expect.poll(states(env)).toEqual([]);
});
