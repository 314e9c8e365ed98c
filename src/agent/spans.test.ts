import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, expect, test } from 'vitest';
import { Replica } from '../discovery/index.js';
import type { Endpoint } from '../model/index.js';
import { type Carrier, EnvironmentHandle } from './handle.js';
import { openEnvironment } from './index.js';

afterEach(() => trace.disable());

test('starts, waits for readiness, discoveries and leases are spans where OpenTelemetry is registered', async () => {
  const spans = new InMemorySpanExporter();
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }).register();
  const folder = mkdtempSync(join(tmpdir(), 'ps-spans-'));
  try {
    await expect(openEnvironment({ source: { cwd: folder, environment: {} } })).rejects.toThrow();
  } finally {
    rmSync(folder, { recursive: true });
  }
  const replica = new Replica(() => 0);
  const info = {
    key: 'k',
    project: 'shop',
    directory: '/',
    runtime: 'embedded',
    agentPid: null,
    warnings: [],
  } as const;
  const endpoint = {
    id: '1',
    name: 'cache',
    kind: 'redis',
    status: 'healthy',
    lastHeartbeat: 0,
  } as unknown as Endpoint;
  const registry = { version: 1, endpoints: [endpoint] };
  replica.apply({ type: 'snapshot', environment: info, state: { state: 'ready' }, registry, progress: [] });
  const failing = { lease: () => Promise.reject(new Error('none left')) } as unknown as Carrier;
  const handle = new EnvironmentHandle(replica, failing, info);
  await handle.ready();
  await handle.discover('cache');
  await handle.discoverAll('cache');
  await expect(handle.lease('cache')).rejects.toThrow('none left');
  await expect(handle.fork()).rejects.toThrow('none left');
  expect(spans.getFinishedSpans().map(({ name, attributes, status }) => [name, attributes, status.code])).toEqual([
    ['portside.start', {}, 2],
    ['portside.ready', { 'portside.project': 'shop' }, 0],
    ['portside.discover', { 'portside.service': 'cache' }, 0],
    ['portside.discover', { 'portside.service': 'cache' }, 0],
    ['portside.lease', { 'portside.service': 'cache' }, 2],
    ['portside.lease', { 'portside.service': '*' }, 2],
  ]);
});
