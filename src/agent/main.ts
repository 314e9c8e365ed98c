import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCacheFolder } from '../model/compile-cache.js';
import { requireCompiled } from '../model/require-compiled.js';

// The agent's process, from the bundle that the build makes of it: that loads in a fraction of the time of its modules.
const bundle = fileURLToPath(new URL('../bundle/process.cjs', import.meta.url));
const { runAgent }: typeof import('./process.js') = existsSync(bundle)
  ? requireCompiled(bundle, join(compileCacheFolder(), 'agent'))
  : await import('./process.js');
await runAgent();
