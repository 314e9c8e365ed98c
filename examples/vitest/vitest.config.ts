import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { globalSetup: ['portside/vitest/setup'], testTimeout: 30_000 } });
