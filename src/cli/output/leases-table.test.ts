import { expect, test } from 'vitest';
import type { LeaseDocument } from '../../model/index.js';
import { colorsFor } from './colors.js';
import { leasesTable } from './leases-table.js';

const lease: LeaseDocument = {
  id: 'k3v9x0a1b2',
  fork: 'f0f0f0f0f0',
  service: 'postgres-primary',
  kind: 'postgres',
  isolation: 'database',
  state: 'active',
  name: 'lease_k3v9x0a1b2',
  url: 'postgresql://127.0.0.1:15432/lease_k3v9x0a1b2',
  owner: { client: 'vitest', pid: 4711, file: 'test/orders.test.ts' },
  since: 1000,
};

test('leasesTable shows name, owner with test file, and age; what waits has no name yet', () => {
  const waiting: LeaseDocument = {
    ...lease,
    service: 'cache',
    isolation: 'server',
    state: 'queued',
    name: null,
    url: null,
    owner: { client: 'run: npm test', pid: null },
  };
  const lines = leasesTable([lease, waiting], { colors: colorsFor({}, {}), now: 3500 }).split('\n');
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['LEASE OF', 'ISOLATION', 'STATE', 'NAME', 'OWNER', 'TEST FILE', 'AGE'],
    ['postgres-primary', 'database', 'active', 'lease_k3v9x0a1b2', 'vitest (pid 4711)', 'test/orders.test.ts', '2.5 s'],
    ['cache', 'server', 'queued', 'run: npm test (pid unknown)', '2.5 s'],
  ]);
});
