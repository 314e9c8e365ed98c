import { canInstallPackages, installPackages } from './debian.mjs';
import { onPath } from './exec.mjs';
import { ScriptError } from './say.mjs';

/** Programs that the tests of registry and discovery need, with the Debian packages that have them. */
const needed = { etcd: 'etcd-server', ip: 'iproute2', iptables: 'iptables' };

/** Makes sure that an etcd server is there, and what gives processes a network of their own. */
export async function ensureRegistryTools() {
  const missing = [];
  for (const [program, name] of Object.entries(needed)) if (!(await onPath(program))) missing.push(name);
  if (missing.length === 0) return;
  if (canInstallPackages()) return installPackages(missing);
  throw new ScriptError(
    `Cannot test registry and discovery: these packages are missing: ${missing.join(', ')}.`,
    `Install them: "sudo apt-get install ${missing.join(' ')}".`,
  );
}
