import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.mjs'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // In coverage runs, the processes that tests start are counted too.
    setupFiles: process.env['PORTSIDE_COVERAGE'] === undefined ? [] : ['scripts/coverage/count-children.mjs'],
    // Snapshots are made when a machine is quiet, and take time that tests do not have; those of snapshots switch them on.
    env: { PORTSIDE_SNAPSHOTS: process.env['PORTSIDE_SNAPSHOTS'] ?? 'off' },
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
