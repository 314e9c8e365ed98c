import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { show } from './exec.mjs';
import { ScriptError, say } from './say.mjs';

/**
 * Installs node_modules when it is missing or does not match package-lock.json. It is `npm install --no-save` and not
 * `npm ci`, which fails where a registry does not carry the optional packages of other platforms.
 */
export async function ensureModules(root) {
  const difference = await differenceFromLock(root);
  if (difference === undefined) return;
  const args = ['install', '--no-save', '--no-fund', '--no-audit'];
  say(`installing node_modules with npm ${args.join(' ')} (${difference})`);
  const code = await show('npm', args, { cwd: root, shell: process.platform === 'win32' });
  if (code !== 0) {
    throw new ScriptError(
      `Cannot install node_modules: npm ended with code ${code}.`,
      `Read npm's own message above, then run "npm install" in ${root}.`,
    );
  }
}

/** The first way in which the installed packages differ from the lock file, or undefined when they do not. */
export async function differenceFromLock(root) {
  const wanted = await readPackages(path.join(root, 'package-lock.json'));
  const installed = await readPackages(path.join(root, 'node_modules/.package-lock.json'));
  if (installed === undefined) return 'there is none yet';
  for (const [place, { version, optional, link }] of Object.entries(wanted)) {
    const here = installed[place];
    if (place === '' || link || (optional && !here)) continue;
    const name = place.replace(/^node_modules\//, '');
    if (!here) return `${name} is missing`;
    if (here.version !== version) return `${name} is ${here.version}, not ${version}`;
  }
  return undefined;
}

async function readPackages(file) {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text).packages;
}
