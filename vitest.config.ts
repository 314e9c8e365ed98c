import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.mjs'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Snapshots are made when a machine is quiet, and take time that tests do not have; those of snapshots switch them on.
    env: { PORTSIDE_SNAPSHOTS: process.env['PORTSIDE_SNAPSHOTS'] ?? 'off' },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.test.ts'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
