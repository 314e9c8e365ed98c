import { describe, it } from 'vitest';
import { findEngine } from '../../src/runtime/docker/index.js';

const found = await findEngine(process.env);

/**
 * Groups tests that need a Docker engine. Without one they are skipped, and the reason is printed; with
 * `PORTSIDE_REQUIRE_DOCKER=1` the group fails instead.
 */
export function describeWithDocker(name: string, body: () => void): void {
  if (found.ok) {
    describe(name, body);
    return;
  }
  const { error } = found;
  if (process.env['PORTSIDE_REQUIRE_DOCKER'] === '1') {
    describe(name, () => {
      it('finds a Docker engine', () => {
        throw error;
      });
    });
    return;
  }
  process.stderr.write(`\nSkipped, ${name}: ${error.message}\n`);
  describe.skip(name, body);
}
