import { build, npm } from './lib/build.mjs';
import { ensureModules } from './lib/modules.mjs';
import { runMain, ScriptError, say } from './lib/say.mjs';
import { root } from './setup.mjs';

const CHECKS = [
  ['types', 'tsc', '-p', 'tsconfig.json', '--noEmit'],
  ['format and lint', 'biome', 'ci', '.'],
  ['unused files, exports and dependencies', 'knip'],
  ['package manifest', 'publint', '--strict'],
  ['types of the packed package', 'attw', '--pack', '.', '--profile', 'esm-only'],
];

/** Builds, then runs every check, also after one has failed. */
async function main() {
  await ensureModules(root);
  await build(root);
  const failed = [];
  for (const [name, ...command] of CHECKS) {
    say(`checking: ${name} (${command.join(' ')})`);
    if ((await npm(root, 'exec', '--', ...command)) !== 0) failed.push(name);
  }
  if (failed.length > 0)
    throw new ScriptError(`${failed.length} of ${CHECKS.length} checks failed: ${failed.join('; ')}.`);
  say(`all ${CHECKS.length} checks passed`);
}

await runMain(main);
