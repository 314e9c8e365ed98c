import { canInstallPackages, installPackages } from './debian.mjs';
import { onPath } from './exec.mjs';
import { ScriptError } from './say.mjs';

/** Makes sure that a MariaDB server is on the PATH, for the tests of kinds in the embedded runtime. */
export async function ensureMariadb() {
  if (await onPath('mariadbd')) return;
  if (canInstallPackages()) return installPackages(['mariadb-server']);
  throw new ScriptError(
    'Cannot find mariadbd on the PATH.',
    'Install it: "sudo apt-get install mariadb-server", or "brew install mariadb".',
  );
}
