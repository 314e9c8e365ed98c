import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { recordingTelemetry } from '../../../test/support/telemetry.js';
import { endpointOf, openStorage } from '../../registry/index.js';
import { checkHealth, healthCheckOptions } from './health-checks.js';

test('H41 H91 H122 P37 a registry checks its services where its section says so, and stores what changes', async () => {
  let status = 200;
  const server = createServer((_request, response) => response.writeHead(status).end());
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await using storage = await openStorage({ backend: 'memory', now: () => 0 });
  const { telemetry, counted, events } = recordingTelemetry();
  const section = { interval: 5, timeout: 60_000, failureThreshold: 1, successThreshold: 1 };
  const end = checkHealth(storage, healthCheckOptions(section) ?? {}, telemetry);
  onTestFinished(end);
  const becomes = (wanted: string) =>
    new Promise<void>((resolve) => {
      onTestFinished(storage.registry.subscribe(({ endpoint }) => endpoint.status === wanted && resolve()));
    });
  const registration = { name: 'orders', host: '127.0.0.1', port, healthUrl: `http://127.0.0.1:${port}/health` };
  await storage.put(endpointOf('orders-1', registration, { now: 0 }));
  const unhealthy = becomes('unhealthy');
  status = 503;
  await unhealthy;
  expect(counted()['discovery_unhealthy_services orders']).toBe(1);
  const healthy = becomes('healthy');
  status = 200;
  await healthy;
  expect(events).toEqual([]);
  end();
});

test('a service that registers anew while nobody answers there becomes unhealthy again', async () => {
  await using storage = await openStorage({ backend: 'memory', now: () => 0 });
  const { telemetry } = recordingTelemetry();
  onTestFinished(checkHealth(storage, { intervalMs: 5, failureThreshold: 1 }, telemetry));
  for (let round = 0; round < 3; round++) {
    const unhealthy = new Promise<void>((resolve) => {
      onTestFinished(storage.registry.subscribe(({ endpoint }) => endpoint.status === 'unhealthy' && resolve()));
    });
    await storage.put(endpointOf('nobody-1', { name: 'nobody', host: '127.0.0.1', port: 1 }, { now: 0 }));
    await unhealthy;
  }
  expect(storage.registry.get('nobody-1')?.status).toBe('unhealthy');
});

test('a health that cannot be stored is logged, and the checks go on', async () => {
  await using storage = await openStorage({ backend: 'memory', now: () => 0 });
  const { telemetry, events } = recordingTelemetry();
  const failing = { ...storage, registry: storage.registry, setStatus: () => Promise.reject(new Error('unreachable')) };
  const logged = new Promise<void>((resolve) => {
    const log = telemetry.log;
    Object.assign(telemetry, {
      log: (...event: Parameters<typeof log>) => {
        log(...event);
        resolve();
      },
    });
  });
  onTestFinished(checkHealth(failing, { intervalMs: 5, failureThreshold: 1 }, telemetry));
  await storage.put(endpointOf('nobody-1', { name: 'nobody', host: '127.0.0.1', port: 1 }, { now: 0 }));
  await logged;
  expect(events[0]).toMatchObject(['warn', 'Cannot store the health of a service', { service_id: 'nobody-1' }]);
});

test('services are not checked unless the section says so', () => {
  expect([healthCheckOptions(undefined), healthCheckOptions({ enabled: false, interval: 5 })]).toEqual([
    undefined,
    undefined,
  ]);
  expect(healthCheckOptions({})).toEqual({});
});
