import { findProgram } from '../../src/runtime/embedded/find-program.js';
import { describeWhere } from './describe-where.js';

const path = `${process.env['PATH']}:/usr/sbin:/usr/local/sbin`;

/** Groups tests that need a MariaDB server on this host. Without one they are skipped, and the reason is printed; on CI they fail. */
export function describeWithMariadb(name: string, body: () => void): void {
  const isThere = findProgram('mariadbd', { PATH: path }) !== undefined;
  const reason = 'there is no mariadbd on this host ("node scripts/setup.mjs --docker" installs it on Debian)';
  describeWhere(name, isThere ? undefined : reason, body);
}
