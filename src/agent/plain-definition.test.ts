import { expect, it } from 'vitest';
import { environmentKey } from '../environment/index.js';
import { defaultLeaseSettings, type EnvironmentDefinition, packageVersion } from '../model/index.js';
import { plainDefinition } from './plain-definition.js';

const definition = {
  project: 'p',
  directory: '/p',
  files: [],
  services: [{ name: 'db', environment: { A: 'b' } }],
  networks: {},
  volumes: {},
  secrets: {},
  configs: {},
  settings: { runtime: 'docker', ports: 'dynamic', keepWarmMs: 0, startTimeoutMs: 1, leases: defaultLeaseSettings },
  warnings: [],
} as unknown as EnvironmentDefinition;
const given = (more: object) => {
  const changed = { ...definition, ...more } as EnvironmentDefinition;
  return plainDefinition(changed, 'docker', environmentKey(changed, 'docker', packageVersion()));
};

it('gives a definition that arrives as it is, and none with a function or a map anywhere in it', () => {
  expect(given({})).toEqual(definition);
  expect(given({ services: [{ name: 'api', environmentFrom: () => ({}) }] })).toBeUndefined();
  expect(given({ volumes: new Map([['data', {}]]) })).toBeUndefined();
  expect(
    given({ services: [{ name: 'db', migration: { type: 'function', run: () => {}, inputs: [] } }] }),
  ).toBeUndefined();
});

it('gives none that would not be the same environment', () => {
  expect(plainDefinition(definition, 'docker', 'another')).toBeUndefined();
});
