import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { cliPath } from '../support/cli.js';
import { startNode, temporaryProject } from '../support/program.js';

const stack = resolve(import.meta.dirname, '../../compose/stack.yaml');

/** Prints the address of every module that is loaded after it. */
const tracer = {
  'tracer.mjs': "import { register } from 'node:module';\nregister('./hook.mjs', import.meta.url);\n",
  'hook.mjs': `import { writeSync } from 'node:fs';
export function load(url, context, next) {
  writeSync(2, 'loads ' + url + '\\n');
  return next(url, context);
}
`,
  // The command line's own modules, of which the bundle is made.
  'modules.mjs': `import { runProcess } from '${pathToFileURL(join(dirname(cliPath), 'process.js')).href}';
await runProcess(process.argv.slice(2));
`,
};

/** Gives the packages, and the folders of portside, that a command line loads from its modules. */
async function loadedBy(args: readonly string[], program?: string): Promise<{ packages: string[]; folders: string[] }> {
  const cwd = temporaryProject(tracer);
  const { code, stderr } = await startNode(
    ['--import', `${cwd}/tracer.mjs`, program ?? `${cwd}/modules.mjs`, ...args],
    { cwd },
  ).result;
  expect(code, stderr).toBe(0);
  const urls = [...stderr.matchAll(/^loads file:(.*)$/gm)].map(([, url = '']) => url);
  const names = (pattern: RegExp) => [...new Set(urls.flatMap((url) => pattern.exec(url)?.[1] ?? []))].sort();
  return { packages: names(/node_modules\/((?:@[^/]+\/)?[^/]+)/), folders: names(/\/dist\/([a-z]+)\//) };
}

test('portside --version loads no package', async () => {
  expect(await loadedBy(['--version'], cliPath)).toEqual({ packages: [], folders: ['cli', 'model'] });
});

test('portside plan loads what reads and plans, and nothing that runs services', async () => {
  expect(await loadedBy(['plan', '--file', stack])).toEqual({
    packages: ['cli-table3', 'commander', 'fastest-levenshtein', 'picocolors', 'yaml'],
    folders: ['cli', 'compose', 'config', 'environment', 'model', 'registry'],
  });
});

test('portside help loads no more than what reads the command line', async () => {
  const { packages, folders } = await loadedBy(['--help']);
  expect(folders).toEqual(['cli', 'model']);
  expect(packages).toEqual(['commander', 'fastest-levenshtein', 'picocolors']);
});
