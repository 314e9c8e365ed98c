import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { scriptedEnvironment, worker } from '../../test/support/scripted-runtime.js';
import { PortsideError, type ReadinessCondition } from '../model/index.js';

const broken = new PortsideError('SERVICE_START_FAILED', 'Cannot start.', { service: 'a', hint: 'Mend it.' });
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('a start that fails', () => {
  test('removes what it made, and says why to whoever waits and follows', async () => {
    const { environment, failure, stops } = scriptedEnvironment([worker('a')], {
      start: async () => Promise.reject(broken),
    });
    const leases = environment.leases();
    expect(await failure()).toMatchObject({ code: 'SERVICE_START_FAILED', message: 'Cannot start.' });
    expect(stops()).toBe(1);
    expect(environment.state).toMatchObject({ state: 'failed', error: { code: 'SERVICE_START_FAILED' } });
    await expect(leases).rejects.toMatchObject({ code: 'SERVICE_START_FAILED', hint: 'Mend it.' });
    expect(environment.progress).toMatchObject([{ service: 'a', phase: 'failed' }]);
    await environment.stop();
    expect(environment.state.state).toBe('failed');
  });

  test('names also what could not be removed', async () => {
    const { failure } = scriptedEnvironment([worker('a')], {
      start: async () => Promise.reject(broken),
      stop: async () => Promise.reject(new Error('it sticks')),
    });
    const error = await failure();
    expect(error).toMatchObject({ code: 'SERVICE_START_FAILED', hint: 'Mend it.', service: 'a' });
    expect(error.errors).toMatchObject([broken, { code: 'INTERNAL', message: expect.stringContaining('it sticks') }]);
  });

  test('calls what no part of portside has foreseen a defect of portside', async () => {
    for (const reason of [new Error('odd'), 'odd']) {
      const { failure } = scriptedEnvironment([worker('a')], { start: async () => Promise.reject(reason) });
      expect(await failure()).toMatchObject({
        code: 'INTERNAL',
        message: 'Cannot go on with the environment: odd',
        hint: expect.stringContaining('report it'),
      });
    }
  });

  test('names every service that failed of its own', async () => {
    const { failure } = scriptedEnvironment([worker('a'), worker('b')], {
      start: async (service) => Promise.reject(new PortsideError('SERVICE_START_FAILED', `No ${service}.`)),
    });
    const error = await failure();
    expect(error.message).toBe('Cannot start the environment: 2 services failed.');
    expect(error.errors.map(({ message }) => message)).toEqual(['No a.', 'No b.']);
  });

  test('does not fail for a service that others only wish for', async () => {
    const wish = { service: 'a', condition: 'service_started', required: false } as const;
    const { environment, start } = scriptedEnvironment([worker('a'), worker('b', { dependsOn: [wish] })], {
      start: async (service) => (service === 'a' ? Promise.reject(broken) : undefined),
    });
    await start();
    expect(environment.state).toEqual({ state: 'ready' });
    expect(environment.progress).toMatchObject([
      { service: 'a', phase: 'failed' },
      { service: 'b', phase: 'ready' },
    ]);
  });
});

describe('a start that takes too long', () => {
  const short = { startTimeoutMs: 300 };

  test('names the step of the service that held it up', async () => {
    const wait = { service: 'a', condition: 'service_started', required: true } as const;
    const services = [worker('a'), worker('b', { dependsOn: [wait] })];
    const { failure } = scriptedEnvironment(services, { start: (_, signal) => aborted(signal) }, short);
    expect(await failure()).toMatchObject({
      code: 'SERVICE_NOT_READY',
      service: 'a',
      message: "Cannot start service 'a' within 300 ms. Current step is 'creating'.",
      hint: expect.stringContaining('--start-timeout'),
    });
  });

  test('says so also when nothing had been started yet', async () => {
    const { failure } = scriptedEnvironment([worker('a')], { prepare: aborted }, short);
    expect(await failure()).toMatchObject({ code: 'SERVICE_NOT_READY', service: 'a' });
  });

  test('fails with what went wrong before that', async () => {
    const { failure } = scriptedEnvironment([worker('a')], { prepare: async () => Promise.reject(broken) });
    expect(await failure()).toMatchObject({ code: 'SERVICE_START_FAILED', message: 'Cannot start.' });
  });

  test.each<[ReadinessCondition, string]>([
    [{ type: 'tcp', port: 1 }, 'its tcp check (port 1)'],
    [{ type: 'http', port: 1, path: '/up', maxStatus: 399 }, 'its HTTP check (GET /up on port 1)'],
    [{ type: 'log', pattern: 'ready', count: 2 }, 'its log line (/ready/ 2 times)'],
    [{ type: 'engine' }, "its image's health check"],
    [{ type: 'exec', command: ['check', 'me'] }, 'its health check (check me)'],
    [
      {
        type: 'kind',
        port: 1,
        kind: 'search',
        ready: async () => {
          throw new Error('no');
        },
      },
      'its search check (port 1)',
    ],
  ])('names the condition %j that was not met, with the last lines of the service', async (condition, name) => {
    const { failure } = scriptedEnvironment(
      [worker('a', { readiness: [condition], ports: [{ target: 1, protocol: 'tcp' }] })],
      { logs: ['one ready', 'two'], exec: async () => ({ exitCode: 1, output: 'not yet' }) },
      short,
    );
    const error = await failure();
    expect(error).toMatchObject({ code: 'SERVICE_NOT_READY', service: 'a', logs: ['one ready', 'two'] });
    expect(error.message).toContain(`Cannot start service 'a': ${name} was not met within`);
    expect(error.hint).toContain('Ports: 1/tcp at 127.0.0.1:1.');
  });
});

describe('a service that must complete', () => {
  const done = { service: 'a', condition: 'service_completed_successfully', required: true } as const;
  const services = [worker('a'), worker('b', { dependsOn: [done] })];

  test('lets those start that wait for it', async () => {
    const { environment, start } = scriptedEnvironment(services, { exit: { exitCode: 0, oomKilled: false } });
    await start();
    expect(environment.progress).toMatchObject([
      { service: 'a', phase: 'completed' },
      { service: 'b', phase: 'ready' },
    ]);
  });

  test.each([
    [
      { exitCode: 3, oomKilled: false },
      ['no table'],
      'its program ended with exit code 3',
      'Its last output stands below',
    ],
    [{ exitCode: 1, oomKilled: false }, [], 'its program ended with exit code 1', 'It printed nothing'],
    [
      { exitCode: 1, oomKilled: false },
      new Error('no log'),
      'its program ended with exit code 1',
      'It printed nothing',
    ],
    [
      { exitCode: 143, signal: 'SIGTERM', oomKilled: false },
      ['x'],
      'its program was ended by SIGTERM',
      'Its last output',
    ],
    [
      { exitCode: 137, signal: 'SIGKILL', oomKilled: true },
      ['x'],
      'it was killed because it ran out of memory',
      'Raise its memory limit',
    ],
  ])('fails the start when it ends with %j after it printed %j', async (exit, logs, how, hint) => {
    const { failure } = scriptedEnvironment(services, { exit, logs });
    expect(await failure()).toMatchObject({
      code: 'SERVICE_EXITED',
      service: 'a',
      message: `Cannot start service 'a': ${how}.`,
      hint: expect.stringContaining(hint),
    });
  });
});

describe('a service that is ready by its log', () => {
  test('is so when it has printed the line as often as asked', async () => {
    const readiness = [{ type: 'log', pattern: 'ready', count: 2 }] as const;
    const { environment, start } = scriptedEnvironment([worker('a', { readiness })], {
      logs: ['ready to begin', 'working', 'ready'],
    });
    await start();
    expect(environment.progress).toMatchObject([{ service: 'a', phase: 'ready' }]);
  });
});

describe('an environment that is stopped', () => {
  test('in the middle of its start ends that, and gives no leases', async () => {
    const { environment, start, stops } = scriptedEnvironment([worker('a')], {
      start: (_, signal) => aborted(signal),
    });
    const started = start();
    const leases = environment.leases();
    await expect.poll(() => environment.progress).toMatchObject([{ phase: 'creating' }]);
    await environment.stop();
    await expect(started).rejects.toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
    await expect(leases).rejects.toMatchObject({ code: 'ENVIRONMENT_STOPPED' });
    expect(environment.state).toEqual({ state: 'stopped' });
    expect(stops()).toBeGreaterThan(0);
  });

  test('has neither leases nor logs before it runs', async () => {
    const { environment } = scriptedEnvironment([worker('a')]);
    expect(environment.leaseDocuments).toEqual([]);
    for await (const line of environment.logs({})) expect(line).toBeUndefined();
    expect(() => environment.logs({ service: 'b' })).toThrow(
      expect.objectContaining({ code: 'DISCOVERY_UNKNOWN_SERVICE', hint: 'Known services: a.' }),
    );
    environment.report('a copy', 'starting');
    expect(environment.progress).toHaveLength(1);
    await environment.endSession('none');
  });
});

describe('what happens to a service that runs', () => {
  /** A server whose answer can be changed, and the environment that it is the service `a` of. */
  async function running(more = {}) {
    let status = 200;
    const server = createServer((_, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const service = worker('a', { kind: 'http', ports: [{ target: 80, protocol: 'tcp' }], ...more });
    const scripted = scriptedEnvironment([service], { ports: { 80: port } });
    await scripted.start();
    onTestFinished(() => scripted.environment.stop());
    const [one] = scripted.running;
    if (one === undefined) throw new Error('it runs');
    const statusOf = () => scripted.environment.registry.list()[0]?.status;
    return { ...scripted, one, port, statusOf, answer: (code: number) => (status = code) };
  }

  test('its end is told, and makes it unhealthy', async () => {
    const { environment, emit, one, statusOf } = await running();
    expect(statusOf()).toBe('healthy');
    emit({ type: 'exited', running: one, exit: { exitCode: 0, oomKilled: false } });
    expect(statusOf()).toBe('unhealthy');
    expect(environment.progress).toMatchObject([{ phase: 'failed', detail: 'exit code 0' }]);
  });

  test('a worker that ends well has completed', async () => {
    const { environment, emit, running, start } = scriptedEnvironment([worker('a')]);
    await start();
    const [one] = running;
    if (one === undefined) throw new Error('it runs');
    emit({ type: 'exited', running: one, exit: { exitCode: 0, oomKilled: false } });
    expect(environment.progress).toMatchObject([{ phase: 'completed' }]);
    await environment.stop();
  });

  test('it is healthy again when it was started anew and answers', async () => {
    const { environment, emit, one, statusOf } = await running();
    emit({ type: 'exited', running: one, exit: { exitCode: 1, oomKilled: false } });
    emit({ type: 'started', running: one });
    await expect.poll(statusOf).toBe('healthy');
    await expect.poll(() => environment.progress).toMatchObject([{ phase: 'ready', detail: 'restarted' }]);
  });

  test('all are unhealthy when the engine is lost', async () => {
    const { emit, statusOf } = await running();
    emit({ type: 'lost', error: new PortsideError('ENGINE_UNREACHABLE', 'gone') });
    expect(statusOf()).toBe('unhealthy');
  });

  test('the health check of the engine counts where that was what it waited for', async () => {
    const ready = await running();
    ready.emit({ type: 'health', running: ready.one, healthy: false });
    expect(ready.statusOf()).toBe('healthy');

    const {
      environment,
      emit,
      running: all,
      start,
    } = scriptedEnvironment([
      worker('a', { kind: 'tcp', ports: [{ target: 80, protocol: 'tcp' }], readiness: [{ type: 'engine' }] }),
    ]);
    const started = start();
    await expect.poll(() => all[0]).toBeDefined();
    const [one] = all;
    if (one === undefined) throw new Error('it runs');
    emit({ type: 'health', running: one, healthy: true });
    await started;
    emit({ type: 'health', running: one, healthy: false });
    expect(environment.registry.list()[0]?.status).toBe('unhealthy');
    await environment.stop();
  });

  test('what happens to a copy is not its business', async () => {
    const { emit, one, statusOf } = await running();
    const copy = { ...one, service: { ...one.service, copy: { of: 'a' } } } as unknown as typeof one;
    emit({ type: 'exited', running: copy, exit: { exitCode: 1, oomKilled: false } });
    expect(statusOf()).toBe('healthy');
  });
});
