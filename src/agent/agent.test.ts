import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Environment, planEnvironment } from '../environment/index.js';
import { identifyProcess, PortsideError } from '../model/index.js';
import { Agent } from './agent.js';
import { attachEnvironment } from './attach.js';
import { agentPaths } from './paths.js';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'ps-agent-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

test('an agent whose start fails before anybody has joined tells the failure to the first who does', async () => {
  const plan = planEnvironment({
    project: 'empty',
    directory: state,
    files: [],
    services: [],
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    settings: { runtime: 'auto', ports: 'dynamic', keepWarmMs: 0, startTimeoutMs: 1000 },
    warnings: [],
  });
  const about = { key: 'k', project: 'empty', directory: state, runtime: 'embedded' } as const;
  const environment = new Environment({ info: { ...about, agentPid: process.pid, warnings: [] }, plan, now: Date.now });
  const failed = new Promise<void>((resolve) => {
    environment.subscribe((frame) => frame.type === 'state' && frame.state.state === 'failed' && resolve());
  });
  let onEnd = (): void => {};
  const ended = new Promise<void>((resolve) => {
    onEnd = resolve;
  });
  const paths = agentPaths(state, 'k');
  mkdirSync(paths.folder, { recursive: true });
  const agent = new Agent({
    environment,
    paths,
    record: { ...about, instance: 'i', process: identifyProcess(), version: '0' },
    createRuntime: () => Promise.reject(new PortsideError('NO_RUNTIME', 'Cannot run: nothing to run it.')),
    onEnd,
    log: () => undefined,
  });
  await agent.listen();
  const run = agent.run();
  await failed;
  const handle = await attachEnvironment({ socket: paths.socket });
  await expect(handle.ready()).rejects.toMatchObject({ code: 'NO_RUNTIME', message: 'Cannot run: nothing to run it.' });
  await handle.close();
  await Promise.all([run, ended]);
});
