import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureImages } from './images.mjs';
import { engineVersion, ensureEngine } from './lib/engine.mjs';
import { inCi } from './lib/in-ci.mjs';
import { ensureMariadb } from './lib/mariadb.mjs';
import { ensureModules } from './lib/modules.mjs';
import { ensureRedis } from './lib/redis.mjs';
import { ensureRegistryTools } from './lib/registry-tools.mjs';
import { runMain, ScriptError } from './lib/say.mjs';
import { copyDependencies } from './lib/vendor.mjs';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const OLDEST_NODE = [20, 19];

/**
 * Makes this checkout ready to run: node_modules, a Redis server for the embedded runtime, and, with `docker`, a Docker
 * engine and an etcd and a MariaDB server. Where an engine answers, the images are made sure of too. Says what it does before it does it; doing it again
 * changes nothing.
 */
export async function setup({ docker = false } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new ScriptError(
      `Cannot use this Node: portside needs ${OLDEST_NODE.join('.')} or later. Current value is ${process.version}.`,
      'Install a newer Node and run this again.',
    );
  }
  await ensureModules(root);
  await ensureRedis();
  if (docker) {
    await ensureRegistryTools();
    await ensureMariadb();
    await ensureEngine();
  }
  const embeddedOnly = !docker && process.env['PORTSIDE_RUNTIME'] === 'embedded';
  if (embeddedOnly || !(await engineVersion())) return;
  await copyDependencies(root, 'fixtures/api');
  await ensureImages({ tests: docker });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const docker = process.argv.includes('--docker') || inCi;
  await runMain(() => setup({ docker }));
}
