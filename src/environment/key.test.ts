import { expect, test } from 'vitest';
import { defaultLeaseSettings, type EnvironmentDefinition, type KindDefinition } from '../model/index.js';
import { environmentKey } from './key.js';

function keyWith(kind: Partial<KindDefinition>): string {
  const custom = { name: 'search', port: 9200, image: 'search:1', ...kind };
  const lists = { ports: [], dependsOn: [], mounts: [], secrets: [], configs: [], networks: [], aliases: [] };
  const definition: EnvironmentDefinition = {
    project: 'shop',
    directory: '/shop',
    files: [],
    services: [{ name: 'a', kind: 'tcp', custom, environment: {}, labels: {}, replicas: 1, container: {}, ...lists }],
    ...{ networks: {}, volumes: {}, secrets: {}, configs: {}, warnings: [] },
    settings: {
      runtime: 'auto',
      ports: 'dynamic',
      keepWarmMs: 0,
      startTimeoutMs: 1,
      snapshots: true,
      leases: defaultLeaseSettings,
    },
  };
  return environmentKey(definition, 'docker', '1.0.0');
}

const ready = async () => undefined;
const otherReady = async () => {};

test('a kind with other functions is another environment', () => {
  expect(keyWith({ ready })).toBe(keyWith({ ready }));
  expect(keyWith({ ready })).not.toBe(keyWith({ ready: otherReady }));
});

test('of a kind that says its version only that and its data count', () => {
  expect(keyWith({ version: '1', ready })).toBe(keyWith({ version: '1', ready: otherReady }));
  expect(keyWith({ version: '1' })).not.toBe(keyWith({ version: '2' }));
  expect(keyWith({ version: '1' })).not.toBe(keyWith({ version: '1', port: 9300 }));
});
