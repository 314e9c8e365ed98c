import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests of what concerns the whole machine, which have it to themselves: what any other environment does there would decide them. */
const alone = ['test/integration/docker-sweep.test.ts'];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // In coverage runs, the processes that tests start are counted too.
    setupFiles: process.env['PORTSIDE_COVERAGE'] === undefined ? [] : ['scripts/coverage/count-children.mjs'],
    // Snapshots are made when a machine is quiet, and take time that tests do not have; those of snapshots switch them on.
    env: { PORTSIDE_SNAPSHOTS: process.env['PORTSIDE_SNAPSHOTS'] ?? 'off' },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.mjs'],
          exclude: alone,
          // Tests wait for servers more than they compute: two files at a time, also where there are two processors or one. Not on
          // CI: what only crowding brings to light is to be met while somebody is looking, not when a change is to land.
          maxWorkers: Math.max(process.env['CI'] === undefined ? 2 : 1, availableParallelism() - 1),
        },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts'],
      // Half of what runs; scripts/coverage adds the processes that tests start.
      reporter: ['json'],
      reportOnFailure: true,
    },
  },
});
