#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { requireCompiled as RequireCompiled } from '../agent/require-compiled.cjs';
import { compileCacheFolder, enableCompileCache } from './compile-cache.js';
import type { runProcess as RunProcess } from './process.js';

const argv = process.argv.slice(2);
const bundle = join(import.meta.dirname, '..', 'bundle', 'cli.cjs');

if (argv[0] === '--version' || argv[0] === '-V') {
  const { packageVersion } = await import('../model/version.js');
  process.stdout.write(`${packageVersion()}\n`);
} else if (existsSync(bundle) && !process.env['NODE_V8_COVERAGE']) {
  // What the build has made of the modules loads in a fraction of their time; where coverage is measured, it is the modules that count.
  const { requireCompiled } = createRequire(import.meta.url)('../agent/require-compiled.cjs') as {
    requireCompiled: typeof RequireCompiled;
  };
  const { runProcess } = requireCompiled<{ runProcess: typeof RunProcess }>(bundle, join(compileCacheFolder(), 'cli'));
  await runProcess(argv);
} else {
  enableCompileCache();
  const { runProcess } = await import('./process.js');
  await runProcess(argv);
}
