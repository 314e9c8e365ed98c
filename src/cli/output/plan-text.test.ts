import { expect, test } from 'vitest';
import type { EnvironmentPlan, PlannedService, ServiceDefinition } from '../../model/index.js';
import { defaultLeaseSettings } from '../../model/index.js';
import { colorsFor } from './colors.js';
import { planDocument } from './plan-document.js';
import { planText } from './plan-text.js';

function service(
  name: string,
  more: Partial<ServiceDefinition>,
  planned: Partial<PlannedService> = {},
): PlannedService {
  const none = { ports: [], dependsOn: [], mounts: [], secrets: [], configs: [], networks: [], aliases: [] };
  const definition: ServiceDefinition = {
    name,
    kind: 'tcp',
    environment: {},
    labels: {},
    replicas: 1,
    container: {},
    ...none,
    ...more,
  };
  return { name, definition, ports: [], dependsOn: [], readiness: [], startOrder: 0, ...planned };
}

const plan: EnvironmentPlan = {
  definition: {
    project: 'shop',
    directory: '/shop',
    files: ['/shop/compose.yaml'],
    services: [],
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    settings: { runtime: 'auto', ports: 'dynamic', keepWarmMs: 0, startTimeoutMs: 1, leases: defaultLeaseSettings },
    warnings: [],
  },
  services: [
    service(
      'cache',
      { kind: 'redis', image: 'redis:7' },
      { ports: [{ target: 6379, protocol: 'tcp', policy: 'dynamic', published: 6379 }] },
    ),
    service(
      'api',
      { kind: 'http', build: { context: '/shop/api', args: {} } },
      { startOrder: 1, dependsOn: [{ service: 'cache', condition: 'service_healthy', required: true }] },
    ),
  ],
  warnings: [{ code: 'NOT_CARRIED_OUT', message: 'm', position: { file: '/shop/compose.yaml', line: 2, column: 3 } }],
};

test('planText lists services in start order with what they are made from', () => {
  expect(planText(plan, '/shop', colorsFor({}, {})).split('\n')).toEqual([
    'shop, runtime auto, from compose.yaml',
    '',
    'START  SERVICE  KIND   MADE FROM  PORTS             WAITS FOR',
    '0      cache    redis  redis:7    6379/tcp dynamic',
    '1      api      http   build api  none              cache',
  ]);
});

test('planText says what a service without image and build is made from', () => {
  const services = [
    service('own', { embedded: { command: ['node', 'x.js'], cwd: '/' } }),
    service('module', { foreign: {} as never }),
    service('none', {}),
  ];
  const lines = planText(
    { ...plan, definition: { ...plan.definition, files: [] }, services },
    '/shop',
    colorsFor({}, {}),
  ).split('\n');
  expect(lines[0]).toBe('shop, runtime auto');
  expect(lines.slice(3).map((line) => line.split(/ {2,}/).slice(1, 4))).toEqual([
    ['own', 'tcp', 'node x.js'],
    ['module', 'tcp', 'testcontainer'],
    ['none', 'tcp', 'none'],
  ]);
});

test('planDocument has the fields that the documentation promises and no others', () => {
  expect(planDocument(plan)).toEqual({
    project: 'shop',
    runtime: 'auto',
    services: [
      {
        name: 'cache',
        kind: 'redis',
        image: 'redis:7',
        dependsOn: [],
        ports: [{ target: 6379, protocol: 'tcp', policy: 'dynamic' }],
        startOrder: 0,
      },
      { name: 'api', kind: 'http', dependsOn: ['cache'], ports: [], startOrder: 1 },
    ],
    warnings: [{ code: 'NOT_CARRIED_OUT', message: 'm', file: '/shop/compose.yaml', line: 2, column: 3 }],
  });
});
