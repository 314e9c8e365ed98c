import { describe, it } from 'vitest';

/**
 * Groups tests that need something of the machine; `missing` says why it is not there, `undefined`: it is. Without it the tests are
 * skipped, and the reason is printed and stands in the group's name; on CI (whatever value `CI` has there) and with
 * `PORTSIDE_REQUIRE_DOCKER=1` the group fails with the reason instead.
 */
export function describeWhere(name: string, missing: string | Error | undefined, body: () => void): void {
  if (missing === undefined) {
    describe(name, body);
    return;
  }
  const error = typeof missing === 'string' ? new Error(`Cannot run these tests: ${missing}`) : missing;
  if (process.env['PORTSIDE_REQUIRE_DOCKER'] === '1' || !['', '0', 'false'].includes(process.env['CI'] ?? '')) {
    describe(name, () => {
      it('finds what it needs', () => {
        throw error;
      });
    });
    return;
  }
  process.stderr.write(`\nSkipped, ${name}: ${error.message}\n`);
  describe.skip(`${name} (skipped: ${error.message})`, body);
}
