/** Variables by which runners and CI systems tell a process which part of the tests it runs, the first that is set counts. */
const pairs = [
  ['CI_NODE_INDEX', 'CI_NODE_TOTAL', 0],
  ['CIRCLE_NODE_INDEX', 'CIRCLE_NODE_TOTAL', 1],
  ['BUILDKITE_PARALLEL_JOB', 'BUILDKITE_PARALLEL_JOB_COUNT', 1],
] as const;

/**
 * Names the shard that a process runs, for example `shard2of4`: from `PORTSIDE_SHARD` or `VITEST_SHARD` (`2/4`, as Vitest's and
 * Playwright's `--shard` take it), or from what GitLab, CircleCI and Buildkite set; `undefined` where none is set.
 */
export function shardName(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = environment['PORTSIDE_SHARD'] || environment['VITEST_SHARD'];
  if (given) {
    const [, index, total] = /^(\d+)\s*\/\s*(\d+)$/.exec(given.trim()) ?? [];
    return index === undefined ? `shard-${given.trim().replace(/[^a-zA-Z0-9_.-]+/g, '-')}` : `shard${index}of${total}`;
  }
  for (const [indexName, totalName, offset] of pairs) {
    const [index, total] = [environment[indexName], environment[totalName]];
    if (index && total && Number(total) > 1) return `shard${Number(index) + offset}of${total}`;
  }
  return undefined;
}
