import { canInstallPackages, installPackages } from './debian.mjs';
import { onPath } from './exec.mjs';
import { ScriptError } from './say.mjs';

/** Makes sure that an etcd server is on the PATH, for the tests of the registry's storage. */
export async function ensureEtcd() {
  if (await onPath('etcd')) return;
  if (canInstallPackages()) return installPackages(['etcd-server']);
  throw new ScriptError(
    'Cannot find etcd on the PATH.',
    'Install it: "sudo apt-get install etcd-server", or "brew install etcd".',
  );
}
