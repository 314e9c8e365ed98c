import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Environment, planEnvironment } from '../environment/index.js';
import { defaultLeaseSettings } from '../model/index.js';
import { createTelemetry } from '../telemetry/index.js';
import { createServer } from './server.js';
import { Sessions } from './sessions.js';

async function serve() {
  const plan = planEnvironment({
    project: 'empty',
    directory: '/',
    files: [],
    services: [],
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    settings: { runtime: 'auto', ports: 'dynamic', keepWarmMs: 0, startTimeoutMs: 1000, leases: defaultLeaseSettings },
    warnings: [],
  });
  const info = {
    key: 'k',
    project: 'empty',
    directory: '/',
    runtime: 'embedded',
    agentPid: null,
    warnings: [],
  } as const;
  const events: unknown[] = [];
  const telemetry = createTelemetry((level, message, fields) => events.push([level, message, fields]));
  const environment = new Environment({ info, plan, now: Date.now, telemetry });
  const server = createServer({
    environment,
    telemetry,
    sessions: new Sessions({ now: Date.now, onEmpty: () => undefined, onClose: () => undefined }),
    stop: async () => undefined,
    admit: () => true,
    teardown: async () => undefined,
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const { port } = server.server.address() as AddressInfo;
  return { events, request: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init) };
}

test('H176 H177 H178 H188 H189 GET /metrics gives what was counted, and the log has the registrations', async () => {
  const { events, request } = await serve();
  await request('/v1/services/orders-1', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'orders', host: '127.0.0.1', port: 8080, protocol: 'http' }),
  });
  await request('/v1/services/orders');
  await request('/v1/services/nobody');
  await request('/v1/services/orders-1', { method: 'DELETE' });
  const answer = await request('/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  expect(text).toContain('discovery_services_registered_total{service_name="orders"} 1');
  expect(text).toContain('discovery_services_deregistered_total{service_name="orders"} 1');
  expect(text).toContain('discovery_service_lookups_total{service_name="orders",result="success"} 1');
  expect(text).toMatch(/discovery_service_lookups_total\{service_name="\w+",result="failure"\} 1/);
  const fields = { service_name: 'orders', service_id: 'orders-1', port: 8080, protocol: 'http' };
  expect(events).toContainEqual(['info', 'Service registered', fields]);
});
