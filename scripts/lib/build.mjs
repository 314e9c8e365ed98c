import { show } from './exec.mjs';
import { ScriptError, say } from './say.mjs';

/** Runs one of the project's npm scripts or tools with its output shown; resolves to its exit code. */
export function npm(root, ...args) {
  return show('npm', args, { cwd: root, shell: process.platform === 'win32' });
}

/** Compiles src into dist. */
export async function build(root) {
  say('building dist');
  const code = await npm(root, 'run', '--silent', 'build');
  if (code !== 0) throw new ScriptError(`Cannot build dist: tsc ended with code ${code}.`, 'Correct the errors above.');
}
