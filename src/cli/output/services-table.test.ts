import { expect, test } from 'vitest';
import type { ServiceDocument } from '../../model/index.js';
import { colorsFor } from './colors.js';
import { servicesTable } from './services-table.js';

const services: readonly ServiceDocument[] = [
  {
    name: 'cache',
    kind: 'redis',
    host: '127.0.0.1',
    port: 30001,
    url: 'redis://127.0.0.1:30001',
    status: 'healthy',
    since: 1000,
    ports: [
      { target: 6379, protocol: 'tcp', host: '127.0.0.1', port: 30001 },
      { target: 16379, protocol: 'tcp', host: '127.0.0.1', port: 30002 },
    ],
  },
  { name: 'job', kind: 'worker', host: null, port: null, url: null, status: 'completed', since: null, ports: [] },
];

test('servicesTable lists addresses, every port, and ages when it knows the time', () => {
  const text = servicesTable(services, { colors: colorsFor({}, {}), now: 6000 });
  expect(text.split('\n')).toEqual([
    'SERVICE  KIND    STATUS     ADDRESS                  PORTS               AGE',
    'cache    redis   healthy    redis://127.0.0.1:30001  6379/tcp -> 30001   5.0 s',
    '                                                     16379/tcp -> 30002',
    'job      worker  completed',
  ]);
  expect(servicesTable(services, { colors: colorsFor({}, {}) })).not.toContain('AGE');
});

test('servicesTable shows by its colour how a service fares', () => {
  const colors = colorsFor({}, { FORCE_COLOR: '1' });
  const one = services.slice(0, 1);
  const shown = (status: string) =>
    servicesTable(
      one.map((service) => ({ ...service, status }) as ServiceDocument),
      { colors },
    );
  for (const status of ['healthy', 'ready', 'completed']) expect(shown(status)).toContain(colors.green(status));
  for (const status of ['unhealthy', 'failed']) expect(shown(status)).toContain(colors.red(status));
  for (const status of ['starting', 'pulling']) expect(shown(status)).toContain(colors.yellow(status));
});
