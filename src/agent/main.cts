import type * as Compiled from './require-compiled.cjs';

const { existsSync } = require('node:fs') as typeof import('node:fs');
const { basename, join } = require('node:path') as typeof import('node:path');
const { requireCompiled } = require('./require-compiled.cjs') as typeof Compiled;

// The agent's process, from the bundle that the build makes of it: that loads in a fraction of the time of its modules. This file and
// what it requires are CommonJS because Node takes 10 ms to make its loader of ES modules. Where coverage is measured, it is the modules
// that count.
const bundle = join(__dirname, '..', 'bundle', 'process.cjs');

if (existsSync(bundle) && !process.env['NODE_V8_COVERAGE']) {
  const { runAgent } = requireCompiled<{ runAgent(): Promise<void> }>(bundle, join(cacheFolder(), 'agent'));
  void runAgent();
} else {
  void import('./process.js').then(({ runAgent }) => runAgent());
}

/** The folder of `compileCacheFolder`, which is an ES module. */
function cacheFolder(): string {
  const root = join(__dirname, '..', '..');
  const modules = basename(join(root, '..')) === 'node_modules' ? join(root, '..') : join(root, 'node_modules');
  return join(modules, '.cache', 'portside', 'compiled');
}
