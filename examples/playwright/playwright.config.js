import { defineConfig } from '@playwright/test';

export default defineConfig({ globalSetup: 'portside/playwright/setup' });
