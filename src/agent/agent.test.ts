import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { describeWhere } from '../../test/support/describe-where.js';
import { Environment, planEnvironment, type Runtime } from '../environment/index.js';
import { defaultLeaseSettings, identifyProcess, PortsideError } from '../model/index.js';
import { Agent, type AgentOptions } from './agent.js';
import { attachEnvironment } from './attach.js';
import { type AgentPaths, agentPaths } from './paths.js';

let state: string;
let paths: AgentPaths;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'ps-agent-'));
  paths = agentPaths(state, 'k');
  mkdirSync(paths.folder, { recursive: true });
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

/** Makes an agent of an environment without services. */
function agentOf({
  createRuntime,
  log = () => undefined,
  ...options
}: Pick<AgentOptions, 'paths' | 'whenQuiet' | 'fingerprint'> &
  Partial<Pick<AgentOptions, 'log'>> & { readonly createRuntime: () => Promise<Runtime> }) {
  const plan = planEnvironment({
    project: 'empty',
    directory: state,
    files: [],
    services: [],
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    settings: { runtime: 'auto', ports: 'dynamic', keepWarmMs: 0, startTimeoutMs: 1000, leases: defaultLeaseSettings },
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
  const record = { ...about, instance: 'i', process: identifyProcess(), version: '0' };
  const starting = createRuntime().then((runtime) => environment.start(runtime));
  starting.catch(() => undefined);
  const agent = new Agent({ ...options, starting, environment, record, onEnd, log });
  return { agent, failed, ended };
}

test('an agent whose start fails before anybody has joined tells the failure to the first who does', async () => {
  const { agent, failed, ended } = agentOf({
    paths,
    createRuntime: () => Promise.reject(new PortsideError('NO_RUNTIME', 'Cannot run: nothing to run it.')),
  });
  await agent.listen();
  const run = agent.run();
  await failed;
  const handle = await attachEnvironment({ socket: paths.socket });
  await expect(handle.ready()).rejects.toMatchObject({ code: 'NO_RUNTIME', message: 'Cannot run: nothing to run it.' });
  await handle.close();
  await Promise.all([run, ended]);
});

test('an agent takes its first client whatever files that sees, and later ones only while the files are the same', async () => {
  const { agent, ended } = agentOf({ paths, createRuntime: () => new Promise(() => {}), fingerprint: 'before' });
  await agent.listen();
  const { socket } = paths;
  const first = await attachEnvironment({ socket, keepWarmMs: 60_000, fingerprint: 'changed during the start' });
  await first.close();
  const same = await attachEnvironment({ socket, fingerprint: 'before' });
  await same.close();
  await expect(attachEnvironment({ socket, fingerprint: 'changed since' })).rejects.toMatchObject({
    code: 'ENVIRONMENT_STOPPED',
  });
  await ended;
});

test('an agent that comes when another one serves already leaves that its socket', async () => {
  const { agent, ended } = agentOf({ paths, createRuntime: async () => emptyRuntime() });
  await agent.listen();
  const { agent: late } = agentOf({ paths, createRuntime: async () => emptyRuntime() });
  await expect(late.listen()).rejects.toMatchObject({
    code: 'AGENT_FAILED',
    message: expect.stringContaining('faster'),
  });
  expect(readdirSync(paths.folder).filter((name) => name.startsWith(`${basename(paths.socket)}.`))).toEqual([]);
  const handle = await attachEnvironment({ socket: paths.socket });
  await handle.ready();
  await handle.close();
  await ended;
});

test('an agent that cannot listen leaves nothing of what it has started', async () => {
  let stopped = 0;
  const { agent } = agentOf({
    paths: { ...paths, socket: join(state, 'no-such-folder', 'socket') },
    createRuntime: async () => ({
      ...emptyRuntime(),
      stop: async () => {
        stopped += 1;
      },
    }),
  });
  await expect(agent.listen()).rejects.toMatchObject({ code: 'EACCES' });
  expect(stopped).toBe(1);
});

test('an agent removes its environment though nothing can be written to its log', async () => {
  let stopped = 0;
  const { agent, ended } = agentOf({
    paths,
    createRuntime: async () => ({
      ...emptyRuntime(),
      stop: async () => {
        stopped += 1;
        throw new Error('something is left');
      },
    }),
    log: () => {
      throw new Error('ENOSPC: no space left on device, write');
    },
  });
  await agent.listen();
  await agent.run();
  await agent.end('asked to');
  await ended;
  expect(stopped).toBe(1);
});

describeWhere(
  'where a folder cannot be removed',
  process.platform === 'linux' ? undefined : 'there is no /proc',
  () => {
    test('an agent ends all the same', async () => {
      const { agent, ended } = agentOf({
        paths: { ...paths, folder: '/proc/self/fdinfo' },
        createRuntime: () => Promise.reject(new Error('not used')),
      });
      await agent.listen();
      await agent.end('asked to');
      await expect(ended).resolves.toBeUndefined();
    });
  },
);

test('an agent does what nobody waits for once, and lets its clients go before it is done', async () => {
  const steps: string[] = [];
  let finish = (): void => {};
  const { agent, ended } = agentOf({
    paths,
    createRuntime: async () => emptyRuntime(),
    whenQuiet: () => {
      steps.push('begun');
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    },
  });
  await agent.listen();
  await agent.run();
  const handle = await attachEnvironment({ socket: paths.socket });
  await handle.close();
  void ended.then(() => steps.push('ended'));
  await vi.waitUntil(() => steps.includes('begun'));
  steps.push('finished');
  finish();
  await ended;
  expect(steps).toEqual(['begun', 'finished', 'ended']);
});

test('an agent whose start has failed does what nobody waits for as well', async () => {
  let begun = 0;
  const { agent, ended } = agentOf({
    paths,
    createRuntime: () => Promise.reject(new PortsideError('NO_RUNTIME', 'Cannot run: nothing to run it.')),
    whenQuiet: async () => {
      begun += 1;
    },
  });
  await agent.listen();
  const run = agent.run();
  const handle = await attachEnvironment({ socket: paths.socket });
  await handle.close();
  await Promise.all([run, ended]);
  expect(begun).toBe(1);
});

/** A runtime of an environment without services. */
function emptyRuntime(): Runtime {
  const unused = (): never => {
    throw new Error('not used');
  };
  return {
    name: 'embedded',
    addressing: 'host',
    prepare: async () => undefined,
    provide: async () => undefined,
    start: unused,
    snapshotOf: () => undefined,
    unkept: () => new Map(),
    keep: unused,
    subscribe: () => () => undefined,
    exit: unused,
    exec: unused,
    logs: unused,
    remove: unused,
    stop: async () => undefined,
  };
}

test('an agent that is kept warm for longer than timers wait does not end at once', async () => {
  const { agent, ended } = agentOf({ paths, createRuntime: async () => emptyRuntime() });
  await agent.listen();
  const end = vi.spyOn(agent, 'end');
  const handle = await attachEnvironment({ socket: paths.socket, keepWarmMs: 30 * 86_400_000 });
  await handle.close();
  await sleep(50);
  expect(end).not.toHaveBeenCalled();
  await agent.end('asked to');
  await ended;
});
