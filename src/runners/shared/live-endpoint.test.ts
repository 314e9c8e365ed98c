import { expect, test } from 'vitest';
import type { Endpoint, HttpEndpoint } from '../../model/index.js';
import { liveEndpoint } from './live-endpoint.js';

const first: HttpEndpoint = {
  id: 'api-1',
  name: 'api',
  kind: 'http',
  host: '127.0.0.1',
  port: 4001,
  protocol: 'http',
  metadata: {},
  url: 'http://127.0.0.1:4001',
  baseUrl: 'http://127.0.0.1:4001',
  status: 'healthy',
  registeredAt: 0,
  lastHeartbeat: 0,
  ports: [],
};

test('reads the newest fields of the same instance', () => {
  let endpoints: Endpoint[] = [first];
  const live = liveEndpoint(first, () => endpoints);
  endpoints = [{ ...first, port: 4002, baseUrl: 'http://127.0.0.1:4002' }];
  expect(live.port).toBe(4002);
  expect({ ...live }).toMatchObject({ name: 'api', baseUrl: 'http://127.0.0.1:4002' });
});

test('follows to another healthy instance of the service when its own is gone', () => {
  const other = { ...first, id: 'api-2', port: 4003 };
  const live = liveEndpoint(first, () => [{ ...other, id: 'api-3', status: 'unhealthy' }, other]);
  expect(live.port).toBe(4003);
});

test('keeps the last fields while the service is gone', () => {
  let endpoints: Endpoint[] = [{ ...first, port: 4004 }];
  const live = liveEndpoint(first, () => endpoints);
  expect(live.port).toBe(4004);
  endpoints = [];
  expect(live.port).toBe(4004);
});
