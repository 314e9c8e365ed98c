import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { apiReference } from './api-reference.mjs';
import { must } from './exec.mjs';

/** Compiles the declarations of the source, as it is now, and makes the pages of the API reference from them. */
export async function apiReferenceOf(root, exports) {
  const dist = await mkdtemp(path.join(tmpdir(), 'portside-api-'));
  try {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const how = [
      '-p',
      'tsconfig.build.json',
      '--noCheck',
      '--emitDeclarationOnly',
      '--inlineSources',
      'false',
      '--sourceMap',
      'false',
    ];
    await must(process.execPath, [tsc, ...how, '--outDir', dist], { cwd: root });
    return apiReference({ exports, dist });
  } finally {
    await rm(dist, { recursive: true, force: true });
  }
}
