import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { describeWithConformance } from '../../test/support/conformance.js';
import { parsePort } from './canonical/ports.js';
import { parseVolume } from './canonical/volumes.js';
import { parseDotenv } from './dotenv/parse.js';
import { loadComposeProject } from './index.js';
import { substitute } from './interpolation/template.js';
import { mergeDocuments } from './merge/merge.js';
import { enforceUnicity } from './merge/unicity.js';
import { Problems } from './problems.js';
import { parseYaml } from './yaml/parse.js';

interface Row {
  readonly file: string;
  readonly passed: number;
  readonly failed: readonly { readonly id: string; readonly why: string }[];
  readonly skipped: readonly { readonly id: string; readonly why: string }[];
}

const modules = {
  enforceUnicity,
  loadComposeProject,
  mergeDocuments,
  parseDotenv,
  parsePort,
  parseVolume,
  parseYaml,
  Problems,
  substitute,
};

describeWithConformance('the Compose loader', (folder) => {
  test('every conformance case is loaded as the reference loads it', async () => {
    const script = join(import.meta.dirname, '..', '..', 'scripts', 'conformance-cases.mjs');
    const { runConformance } = (await import(pathToFileURL(script).href)) as {
      runConformance: (folder: string, modules: unknown) => Row[];
    };
    const rows = runConformance(folder, modules);
    expect(rows.flatMap(({ failed, skipped }) => [...failed, ...skipped])).toEqual([]);
    expect(rows.reduce((sum, { passed }) => sum + passed, 0)).toBeGreaterThan(0);
  });
});
