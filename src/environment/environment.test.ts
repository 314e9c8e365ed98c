import { describe, expect, onTestFinished, test } from 'vitest';
import { inFolder, withEnvironment } from '../../test/support/environment.js';
import { forkOf } from '../../test/support/leasing.js';
import { hostWorker, worker } from '../../test/support/service-definition.js';
import type { DependencyCondition, ReadinessCondition, ServiceDefinition } from '../model/index.js';
import type { RuntimeEvent } from '../runtime/index.js';

const node = (name: string, script: string, more: Partial<ServiceDefinition> = {}) =>
  hostWorker(name, ['node', '-e', script], more);
const shell = (name: string, script: string, more: Partial<ServiceDefinition> = {}) =>
  hostWorker(name, ['sh', '-c', script], more);
const staying = (name: string, more: Partial<ServiceDefinition> = {}) => hostWorker(name, ['sleep', '1000'], more);
const missing = (name: string) => hostWorker(name, ['no-such-program']);
const after = (service: string, condition: DependencyCondition, required = true) => ({
  dependsOn: [{ service, condition, required }],
});
const port = (target: number) => ({ target, protocol: 'tcp' }) as const;

test('who begins to follow in the middle of a start hears of the steps before; later, of the last one', async () => {
  await withEnvironment([staying('db'), staying('cache')], async ({ environment, start }) => {
    const stepsOf = (service: string) => {
      const frame = environment.snapshot();
      const steps = frame.type === 'snapshot' ? frame.progress : [];
      return steps
        .filter((step) => step.service === service)
        .map(({ phase, detail }) => [phase, detail].join(' ').trim());
    };
    environment.report('db', 'pulling', '10 %');
    environment.report('db', 'pulling', '20 %');
    environment.report('db', 'creating');
    environment.report('db', 'starting');
    expect(stepsOf('db')).toEqual(['pulling 20 %', 'creating', 'starting']);
    expect(stepsOf('cache')).toEqual(['waiting']);
    expect(environment.progress.map(({ phase }) => phase).sort()).toEqual(['starting', 'waiting']);
    await start();
    expect(stepsOf('db')).toEqual([expect.stringMatching(/^ready in /)]);
  });
});

describe('a start that fails', () => {
  test('removes what it made, and says why to whoever waits and follows', async () => {
    const services = [staying('a'), { ...missing('b'), ...after('a', 'service_started') }];
    await withEnvironment(services, async (test) => {
      const { environment } = test;
      const leases = environment.leases();
      const error = await test.failure();
      expect(error).toMatchObject({ code: 'SERVICE_START_FAILED', service: 'b' });
      expect(await test.inventory()).toEqual([]);
      expect(environment.state).toEqual({ state: 'failed', error: error.toJSON() });
      await expect(leases).rejects.toMatchObject({ code: error.code, message: error.message });
      expect(environment.progress).toMatchObject([
        { service: 'a', phase: 'ready' },
        { service: 'b', phase: 'failed' },
      ]);
      await environment.stop();
      expect(environment.state.state).toBe('failed');
    });
  });

  test('calls what no part of portside has foreseen a defect of portside', async () => {
    for (const reason of [new Error('odd'), 'odd']) {
      await withEnvironment([], async ({ environment }) => {
        expect(await environment.fail(reason)).toMatchObject({
          code: 'INTERNAL',
          message: 'Cannot go on with the environment: odd',
          hint: expect.stringContaining('report it'),
        });
      });
    }
  });

  test('calls what no part of portside has foreseen in a service so, too', async () => {
    // No file system keeps the log of a service of that name.
    const name = 'a'.repeat(300);
    await withEnvironment([staying(name)], async ({ environment, failure }) => {
      expect(await failure()).toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('ENAMETOOLONG') });
      expect(environment.progress).toMatchObject([{ service: name, phase: 'failed' }]);
    });
  });

  test('says that it is the function of the configuration that failed, and of which service', async () => {
    const environmentFrom = () => {
      throw new Error('no such key');
    };
    await withEnvironment([staying('api', { environmentFrom })], async ({ failure }) => {
      expect(await failure()).toMatchObject({
        code: 'CONFIG_INVALID',
        service: 'api',
        message: "Cannot compute the environment of service 'api': its 'env' function failed: no such key.",
      });
    });
  });

  test('names every service that failed of its own', async () => {
    // Neither has a health check that it could wait for.
    const services = ['a', 'b'].map((name) => staying(name, { readiness: [{ type: 'engine' }] }));
    await withEnvironment(services, async (test) => {
      const error = await test.failure();
      expect(error.message).toBe('Cannot start the environment: 2 services failed.');
      expect(error.errors).toMatchObject([{ service: 'a' }, { service: 'b' }]);
    });
  });

  test('does not fail for a service that others only wish for', async () => {
    const services = [missing('a'), staying('b', after('a', 'service_started', false))];
    await withEnvironment(services, async ({ environment, start }) => {
      await start();
      expect(environment.state).toEqual({ state: 'ready' });
      expect(environment.progress).toMatchObject([
        { service: 'a', phase: 'failed' },
        { service: 'b', phase: 'ready' },
      ]);
    });
  });
});

describe('a start that takes too long', () => {
  test.concurrent('names the conditions that were not met, with the last lines of their services', async () => {
    // Listens on its first port, where every request is told to come again later.
    const script = `
      console.log('one ready');
      console.log('two');
      require('node:http').createServer((_, response) => response.writeHead(503).end())
        .listen(process.env.PORT, process.env.HOST)`;
    const ready = async () => {
      throw new Error('no');
    };
    const unmet: readonly [ReadinessCondition, string][] = [
      [{ type: 'tcp', port: 2 }, 'its tcp check (port 2)'],
      [{ type: 'http', port: 1, path: '/up', maxStatus: 399 }, 'its HTTP check (GET /up on port 1)'],
      [{ type: 'log', pattern: 'ready', count: 2 }, 'its log line (/ready/ 2 times)'],
      [{ type: 'exec', command: ['sh', '-c', 'exit 1'] }, 'its health check (sh -c exit 1)'],
      [{ type: 'kind', port: 1, kind: 'search', ready }, 'its search check (port 1)'],
    ];
    const services = unmet.map(([condition], index) =>
      node(`s${index}`, script, { readiness: [condition], ports: [port(1), port(2)] }),
    );
    await withEnvironment(
      services,
      async (test) => {
        const { errors } = await test.failure();
        expect(errors).toHaveLength(unmet.length);
        for (const [index, [, name]] of unmet.entries()) {
          const error = errors.find(({ service }) => service === `s${index}`);
          expect(error).toMatchObject({ code: 'SERVICE_NOT_READY', logs: ['one ready', 'two'] });
          expect(error?.message).toContain(`Cannot start service 's${index}': ${name} was not met within`);
          expect(error?.hint).toMatch(/Ports: 1\/tcp at 127\.0\.0\.1:\d+, 2\/tcp at 127\.0\.0\.1:\d+\./);
        }
      },
      { settings: { startTimeoutMs: 4000 } },
    );
  });

  test.concurrent('names the step of the service that held it up', async () => {
    const services = [staying('a'), staying('b', after('a', 'service_completed_successfully'))];
    await withEnvironment(
      services,
      async (test) => {
        expect(await test.failure()).toMatchObject({
          code: 'SERVICE_NOT_READY',
          service: 'a',
          message: "Cannot start service 'a' within 1.0 s. Current step is 'starting without a port'.",
          hint: expect.stringContaining('--start-timeout'),
        });
      },
      { settings: { startTimeoutMs: 1000 } },
    );
  });

  test('says so also when nothing had been started yet', async () => {
    // Each port is a file and sockets: so many cannot be reserved within a millisecond.
    const ports = Array.from({ length: 600 }, (_, index) => port(index + 1));
    await withEnvironment(
      [staying('a', { ports })],
      async (test) => {
        expect(await test.failure()).toMatchObject({
          code: 'SERVICE_NOT_READY',
          service: 'a',
          message: "Cannot start service 'a' within 1 ms. Current step is 'waiting'.",
        });
      },
      { settings: { startTimeoutMs: 1 } },
    );
  });

  test('fails with what went wrong before that', async () => {
    const hostPorts = { defaultRange: { start: 20_000, end: 20_000 }, reservedPorts: [20_000] };
    await withEnvironment(
      [staying('a', { ports: [port(80)] })],
      async (test) => {
        expect(await test.failure()).toMatchObject({
          code: 'PORT_UNAVAILABLE',
          message: expect.stringContaining('every port from 20000 to 20000 is in use or reserved'),
        });
      },
      { settings: { hostPorts } },
    );
  });
});

describe('a service that must complete', () => {
  const waiting = staying('b', after('a', 'service_completed_successfully'));

  test('lets those start that wait for it', async () => {
    await withEnvironment([shell('a', 'true'), waiting], async ({ environment, start }) => {
      await start();
      expect(environment.progress).toMatchObject([
        { service: 'a', phase: 'completed' },
        { service: 'b', phase: 'ready' },
      ]);
    });
  });

  test.each([
    ['echo no table; exit 3', 'its program ended with exit code 3', 'Its last output stands below', ['no table']],
    ['exit 1', 'its program ended with exit code 1', 'It printed nothing', []],
    ['echo x; kill -TERM $$', 'its program was ended by SIGTERM', 'Its last output', ['x']],
  ])('fails the start when it does `%s`', async (script, how, hint, logs) => {
    await withEnvironment([shell('a', script), waiting], async (test) => {
      expect(await test.failure()).toMatchObject({
        code: 'SERVICE_EXITED',
        service: 'a',
        message: `Cannot start service 'a': ${how}.`,
        hint: expect.stringContaining(hint),
        logs,
      });
    });
  });

  test('fails the start also when its log cannot be read', async () => {
    await inFolder(async (stateFolder) => {
      const script = `echo x; rm -r ${stateFolder}/runs/*/logs; exit 1`;
      await withEnvironment(
        [shell('a', script), waiting],
        async (test) => {
          expect(await test.failure()).toMatchObject({
            code: 'SERVICE_EXITED',
            message: "Cannot start service 'a': its program ended with exit code 1.",
            hint: expect.stringContaining('It printed nothing'),
          });
        },
        { stateFolder },
      );
    });
  });
});

describe('a program that ends before it counts as ready', () => {
  test('has done its work when it is a worker and ended well', async () => {
    await withEnvironment([shell('a', 'true')], async ({ environment, start }) => {
      await start();
      expect(environment.state).toEqual({ state: 'ready' });
      expect(environment.progress).toMatchObject([{ phase: 'ready' }]);
    });
  });

  test.each([
    ['is no worker', 'true', { kind: 'http' }, 0],
    ['ended badly', 'exit 2', {}, 2],
  ] as const)('fails the start at once when it %s', async (_, script, more, code) => {
    await withEnvironment([shell('a', script, more)], async ({ failure }) => {
      const message = `Cannot start service 'a': its program ended with exit code ${code}.`;
      expect(await failure()).toMatchObject({ code: 'SERVICE_EXITED', message });
    });
  });
});

describe('a service that is ready by its log', () => {
  test('is so when it has printed the line as often as asked', async () => {
    const readiness = [{ type: 'log', pattern: 'ready', count: 2 }] as const;
    const script = 'echo ready to begin; echo working; echo ready; exec sleep 1000';
    await withEnvironment([shell('a', script, { readiness })], async ({ environment, start }) => {
      await start();
      expect(environment.progress).toMatchObject([{ service: 'a', phase: 'ready' }]);
    });
  });
});

describe('an environment that is stopped', () => {
  test('in the middle of its start ends that, and gives no leases', async () => {
    const silent = staying('a', { ports: [port(80)] });
    await withEnvironment([silent], async ({ environment, start, inventory }) => {
      const started = start();
      const leases = environment.leases();
      const rejected = Promise.all(
        [started, leases].map((one) => expect(one).rejects.toMatchObject({ code: 'ENVIRONMENT_STOPPED' })),
      );
      await expect.poll(() => environment.progress).toMatchObject([{ phase: 'starting' }]);
      await environment.stop();
      await rejected;
      expect(environment.state).toEqual({ state: 'stopped' });
      expect(await inventory()).toEqual([]);
    });
  });

  test('has neither leases nor logs before it runs', async () => {
    await withEnvironment([worker('a', { embedded: { command: ['true'], cwd: '/' } })], async ({ environment }) => {
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
});

describe('what happens to a service that runs', () => {
  /** Ends well when it is asked to. */
  const script = `
    require('node:http').createServer((request, response) => {
      response.end();
      if (request.url === '/quit') response.on('finish', () => process.exit(0));
    }).listen(process.env.PORT, process.env.HOST)`;
  const api = node('a', script, { kind: 'http', ports: [port(80)] });
  const quit = (url: string | undefined) => fetch(`${url}/quit`);

  test('its end is told, and makes it unhealthy', async () => {
    await withEnvironment([api], async ({ environment, start }) => {
      await start();
      const [endpoint] = environment.registry.list();
      expect(endpoint?.status).toBe('healthy');
      await quit(endpoint?.url);
      await expect.poll(() => environment.registry.list()[0]?.status).toBe('unhealthy');
      await expect.poll(() => environment.progress).toMatchObject([{ phase: 'failed', detail: 'exit code 0' }]);
    });
  });

  test('a worker that ends well has completed', async () => {
    const script =
      "process.on('SIGUSR2', () => process.exit(0)); console.log(process.pid); setInterval(() => {}, 1000)";
    await withEnvironment([node('a', script)], async ({ environment, start }) => {
      await start();
      for await (const { text } of environment.logs({ follow: true })) {
        process.kill(Number(text), 'SIGUSR2');
        break;
      }
      await expect.poll(() => environment.progress).toMatchObject([{ phase: 'completed', detail: 'exit code 0' }]);
    });
  });

  test('what happens to a copy is not its business', async () => {
    await withEnvironment([api], async ({ environment, runtime, start }) => {
      await start();
      const { endpoints } = await forkOf(await environment.leases());
      const ended = new Promise<RuntimeEvent>((resolve) => onTestFinished(runtime.subscribe(resolve)));
      await quit(endpoints['a']?.url);
      expect(await ended).toMatchObject({ type: 'exited', running: { service: { copy: { of: 'a' } } } });
      expect(environment.registry.list()).toMatchObject([{ status: 'healthy' }]);
      expect(environment.progress).toMatchObject([{ phase: 'ready' }]);
    });
  });
});
