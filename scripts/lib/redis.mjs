import { canInstallPackages, installPackages } from './debian.mjs';
import { onPath } from './exec.mjs';
import { ScriptError } from './say.mjs';

/** Makes sure that a Redis or Valkey server is on the PATH, for the embedded runtime. */
export async function ensureRedis() {
  if ((await onPath('redis-server')) || (await onPath('valkey-server'))) return;
  if (canInstallPackages()) return installPackages(['redis-server']);
  throw new ScriptError('Cannot find redis-server or valkey-server on the PATH.', await commandForHere());
}

/** The command that gives this machine a Redis server. */
async function commandForHere() {
  if (process.platform === 'darwin') return 'Run "brew install redis".';
  if (await onPath('apt-get')) return 'Run "sudo apt-get install redis-server".';
  if (await onPath('dnf')) return 'Run "sudo dnf install valkey".';
  if (await onPath('apk')) return 'Run "apk add redis" as root.';
  return 'Install Redis or Valkey so that redis-server or valkey-server is on the PATH.';
}
