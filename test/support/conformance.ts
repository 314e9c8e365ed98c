import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/**
 * Gives the folder of the Compose conformance cases, which lies beside the repository. Where it is not there, this
 * fails on CI and with `PORTSIDE_REQUIRE_DOCKER=1`, and otherwise says on standard error that its tests are skipped.
 */
export function conformanceFolder(): string | undefined {
  const folder = join(root, '..', 'shared', 'conformance', 'compose');
  if (existsSync(folder)) return folder;
  const { CI, PORTSIDE_REQUIRE_DOCKER } = process.env;
  if (CI === 'true' || PORTSIDE_REQUIRE_DOCKER === '1') {
    throw new Error(`Cannot run the Compose conformance cases: ${folder} is not there.`);
  }
  console.error(`Skipped: the Compose conformance cases, since ${folder} is not there.`);
  return undefined;
}
