import { expect, test } from 'vitest';
import type { DependencyCondition, EnvironmentPlan } from '../../model/index.js';
import { fillersOf } from './fillers.js';

const plan = (edges: Readonly<Record<string, readonly (readonly [string, DependencyCondition])[]>>): EnvironmentPlan =>
  ({
    services: Object.entries(edges).map(([name, dependsOn]) => ({
      name,
      dependsOn: dependsOn.map(([service, condition]) => ({ service, condition, required: true })),
    })),
  }) as unknown as EnvironmentPlan;

test('a service is filled by the one-shot services that depend on it and are waited for', () => {
  const stack = plan({
    db: [],
    cache: [],
    migrate: [['db', 'service_healthy']],
    seed: [['migrate', 'service_completed_successfully']],
    api: [
      ['seed', 'service_completed_successfully'],
      ['cache', 'service_healthy'],
    ],
  });
  expect(fillersOf('db', stack)).toEqual(['migrate', 'seed']);
  expect(fillersOf('cache', stack)).toEqual([]);
});
