import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { demoFile } from './demo-stack.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const containers = new URL('./testcontainers-stack.mjs', import.meta.url).href;

/** What every suite tests: an order made through the API is in the database and counted in Redis, and nobody else's is. */
const body = `
  const order = { customer: 'ann', item: 'tea', quantity: 2 };
  const response = await api.fetch('/orders', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(order),
  });
  expect(response.status).toBe(201);
  const { id } = await response.json();
  const { rows } = await database.query('SELECT customer, item, quantity FROM orders WHERE id = $1', [id]);
  expect(rows).toEqual([order]);
  expect(await cache.get('orders:created')).toBe('1');
`;

/** The text of a test file, by who starts what it uses. */
const suites = {
  alone: () => `import { expect, test } from 'vitest';
test('nothing', () => expect(1).toBe(1));
`,
  portside: () => `import { expect, test } from 'portside/vitest';
test('an order', async ({ postgres: database, redis, api }) => {
  const cache = await redis.client();${body}});
`,
  containers: (apiImage) => `import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testcontainersStarter } from ${JSON.stringify(containers)};

const api = { fetch: (path, init) => fetch(api.url + path, init) };
let stop, database, cache;

beforeAll(async () => {
  stop = await (await testcontainersStarter(${JSON.stringify(apiImage)}))();
  api.url = \`http://127.0.0.1:\${stop.ports.api}\`;
  cache = new Redis(stop.ports.redis, '127.0.0.1');
  database = new pg.Client(\`postgres://orders:orders@127.0.0.1:\${stop.ports.postgres}/orders\`);
  await database.connect();
});
afterAll(async () => {
  cache?.disconnect();
  await database?.end();
  await stop?.();
});
test('an order', async () => {${body}});
`,
};

/**
 * Installs portside in a folder as npm would, with everything beside it that the repository has installed as links. A link to the
 * repository would not do: Vite follows it, and compiles what is not in a `node_modules` at every run.
 */
export function installPortside(folder) {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, 'portside'), { recursive: true });
  for (const name of readdirSync(join(repository, 'node_modules')).filter((entry) => !entry.startsWith('.'))) {
    symlinkSync(join(repository, 'node_modules', name), join(modules, name));
  }
  for (const name of ['package.json', 'dist']) {
    cpSync(join(repository, name), join(modules, 'portside', name), { recursive: true });
  }
}

/**
 * Makes a project in a folder where portside is installed, with so many test files; Vitest runs all files at the
 * same time. `kind`: `portside`, `containers` (each file starts its own by Testcontainers) or `alone` (the files test nothing). Gives its path.
 */
export function suitesProject(folder, kind, count, apiImage) {
  const cwd = mkdtempSync(join(folder, `${kind}-`));
  const setup = kind === 'portside' ? `globalSetup: ['./setup.js'], ` : '';
  const write = (name, text) => writeFileSync(join(cwd, name), text);
  write('package.json', '{ "type": "module", "private": true }');
  write(
    'vitest.config.js',
    `export default { test: { ${setup}maxWorkers: ${count}, testTimeout: 120_000, hookTimeout: 120_000 } };\n`,
  );
  write(
    'setup.js',
    `import { createSetup } from 'portside/vitest/setup';\nexport default createSetup({ files: [${JSON.stringify(demoFile)}] });\n`,
  );
  for (let index = 0; index < count; index++) write(`orders-${index}.test.js`, suites[kind](apiImage));
  return cwd;
}
