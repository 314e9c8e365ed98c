import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createDiscoveryClient, type Endpoint } from '../../src/entries/discovery.js';
import { findRegistry, RegistryClient } from '../../src/entries/registry.js';
import { runCli, startCli } from '../support/cli.js';
import { cliProject, documentOf } from '../support/cli-project.js';

const database = (name: string) => `
  ${name}:
    image: postgres:16-alpine
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: s3cret, POSTGRES_DB: ${name.replace('-', '_')} }
    ports: ["5432:5432"]`;
const stack = `services:${database('postgres-1')}${database('postgres-2')}
  cache:
    image: redis:7-alpine
    ports: ["6379:6379"]
`;
const patient = { registry_lookup: '40s', broadcast_wait: '40s', overall: '50s' };

test('H13 H136 H137 H138 H139 H164 services allocate, register and announce; dependents find the right one by registry and by broadcast', async () => {
  const project = cliProject('embedded', { 'compose.yaml': stack });
  const secret = `the secret of run ${process.pid} ${performance.now()}`;
  const env = { ...project.env, PORTSIDE_BROADCAST_SECRET: secret };
  const options = { ...project, env };
  vi.stubEnv('PORTSIDE_STATE_DIR', join(project.cwd, 'state'));
  vi.stubEnv('PORTSIDE_BROADCAST_SECRET', secret);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { services } = documentOf(await runCli(['up', '--detach', '--json'], options));
  const ports = services.map(({ port }: Endpoint) => port);
  expect(new Set([...ports, 5432, 6379]).size).toBe(5);

  const program = startCli(['registry', '--json', '--quiet'], options);
  await program.printed('"storage"');
  await using discovery = createDiscoveryClient({ strategies: ['registry'], timeouts: patient });
  const registry = new RegistryClient(findRegistry() ?? { url: 'none', token: '' });
  for (const { name, kind, host, port } of services) {
    const login = kind === 'postgres' ? { user: 'shop', password: 's3cret', database: name.replace('-', '_') } : {};
    await registry.register(`${name}-instance`, { name, kind, host, port, ...login });
  }
  await registry.close();
  for (const name of ['postgres-1', 'postgres-2']) {
    expect(await databaseAt(await discovery.discover(name))).toBe(name.replace('-', '_'));
  }
  expect((await discovery.discover('cache')).url).toMatch(/^redis:/);

  await using listening = createDiscoveryClient({ strategies: ['broadcast'], timeouts: patient });
  for (const name of ['postgres-1', 'postgres-2', 'cache']) {
    const [found] = await listening.discoverAll(name);
    expect(found?.port).toBe((await discovery.discover(name)).port);
  }
  program.child.kill('SIGINT');
  await program.result;
  await runCli(['down'], options);
  expect(readFileSync(join(project.cwd, 'state', 'registry-audit.log'), 'utf8')).not.toContain('s3cret');
});

/** Connects and gives the name of the database that answers. */
async function databaseAt({ url }: Endpoint): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query('SELECT current_database() AS name')).rows[0].name;
  } finally {
    await client.end();
  }
}
