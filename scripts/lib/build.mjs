import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { show } from './exec.mjs';
import { ScriptError, say } from './say.mjs';

const STAMP = 'node_modules/.cache/portside/built';
const INPUTS = [
  'src',
  'scripts/bundle-agent.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];

/** Runs npm with its output shown; resolves to its exit code. */
export function npm(root, ...args) {
  return show('npm', args, { cwd: root, shell: process.platform === 'win32' });
}

/** Compiles src into dist, unless nothing has changed since this was done last. */
export async function build(root) {
  const stamp = path.join(root, STAMP);
  const begin = new Date();
  const times = await Promise.all(['dist/index.js', STAMP].map((file) => changedAt(path.join(root, file))));
  const newest = Math.max(...(await Promise.all(INPUTS.map((input) => newestChange(path.join(root, input))))));
  if (times.every((time) => time > 0) && newest < times[1]) return;

  say('building dist');
  const code = await npm(root, 'run', '--silent', 'build');
  if (code !== 0) throw new ScriptError(`Cannot build dist: tsc ended with code ${code}.`, 'Correct the errors above.');
  await mkdir(path.dirname(stamp), { recursive: true });
  await writeFile(stamp, '');
  await utimes(stamp, begin, begin);
}

/** When a file, or the newest file in a folder, was changed last; 0 when there is none. */
async function newestChange(place) {
  const names = await readdir(place, { recursive: true }).catch(() => []);
  const times = await Promise.all([place, ...names.map((name) => path.join(place, name))].map(changedAt));
  return Math.max(...times);
}

async function changedAt(file) {
  return (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
}
