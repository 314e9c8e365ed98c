import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describeWhere } from './describe-where.js';

/** The Compose conformance cases, which lie beside the repository. */
const folder = join(import.meta.dirname, '..', '..', '..', 'shared', 'conformance', 'compose');

/**
 * Groups tests that read the Compose conformance cases; `body` gets their folder. Where that is not there they are skipped, and the reason
 * is printed; on CI and with `PORTSIDE_REQUIRE_DOCKER=1` the group fails instead.
 */
export function describeWithConformance(name: string, body: (folder: string) => void): void {
  const missing = existsSync(folder) ? undefined : `the Compose conformance cases are not there (${folder})`;
  describeWhere(name, missing, () => body(folder));
}
