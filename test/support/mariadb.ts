import { describe } from 'vitest';
import { findProgram } from '../../src/runtime/embedded/find-program.js';

const path = `${process.env['PATH']}:/usr/sbin:/usr/local/sbin`;

/** Groups tests that need a MariaDB server on this host. Without one they are skipped, and the reason is printed; on CI they fail. */
export function describeWithMariadb(name: string, body: () => void): void {
  const isThere = findProgram('mariadbd', { PATH: path }) !== undefined;
  if (isThere || process.env['CI'] === 'true') {
    describe(name, body);
    return;
  }
  process.stderr.write(`\nSkipped, ${name}: there is no mariadbd on this host (apt-get install mariadb-server).\n`);
  describe.skip(name, body);
}
