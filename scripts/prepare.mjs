import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './lib/build.mjs';
import { runMain, say } from './lib/say.mjs';
import { copyDependencies } from './lib/vendor.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What npm runs after an install in a clone: makes the command line and the sample API usable at once. */
async function main() {
  if (!existsSync(path.join(root, 'node_modules/typescript'))) {
    say('leaving dist unbuilt: the development dependencies are not installed');
    return;
  }
  await build(root);
  await copyDependencies(root, 'fixtures/api');
}

await runMain(main);
