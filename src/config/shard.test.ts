import { expect, test } from 'vitest';
import { shardName } from './shard.js';

test.each([
  [{ PORTSIDE_SHARD: '2/4', VITEST_SHARD: '1/9' }, 'shard2of4'],
  [{ VITEST_SHARD: '1/2' }, 'shard1of2'],
  [{ PORTSIDE_SHARD: 'windows e2e' }, 'shard-windows-e2e'],
  [{ CI_NODE_INDEX: '3', CI_NODE_TOTAL: '8' }, 'shard3of8'],
  [{ CIRCLE_NODE_INDEX: '0', CIRCLE_NODE_TOTAL: '4' }, 'shard1of4'],
  [{ BUILDKITE_PARALLEL_JOB: '3', BUILDKITE_PARALLEL_JOB_COUNT: '4' }, 'shard4of4'],
  [{ CI_NODE_INDEX: '1', CI_NODE_TOTAL: '1' }, undefined],
  [{ PORTSIDE_SHARD: '' }, undefined],
])('%j is %s', (environment, name) => {
  expect(shardName(environment)).toBe(name);
});
