import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { type RegistryAddress, RegistryClient, type RegistryRecord } from '../../src/registry/index.js';
import { runCli, startCli, temporaryProject } from '../support/cli.js';
import { describeWithEtcd, startEtcd } from '../support/etcd.js';
import { tls } from '../support/tls.js';

const wait = { timeout: 50_000, interval: 10 };
const orders = { name: 'orders', host: '127.0.0.1', port: 8080, protocol: 'http', metadata: { methods: 'list' } };

/** Starts `portside registry` with a state folder of its own, and gives what it says of itself. */
async function startRegistry(args: readonly string[] = [], files: Readonly<Record<string, string>> = {}) {
  const cwd = temporaryProject(files);
  const state = temporaryProject({});
  const env = { PORTSIDE_STATE_DIR: state };
  const program = startCli(['registry', '--json', ...args], { cwd, env });
  let text = '';
  program.child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await program.printed('"storage"');
  const printed = JSON.parse(text) as { url: string; record: string; pid: number; storage: string };
  const { token } = JSON.parse(readFileSync(printed.record, 'utf8')) as RegistryRecord;
  const address: RegistryAddress = { url: printed.url, token, ca: tls.cert };
  const client = new RegistryClient(address);
  onTestFinished(() => client.close());
  return { cwd, state, program, printed, token, client, address };
}

test('H205 portside registry listens on a port of its own, leaves its token to its user alone, and goes with Ctrl-C', async () => {
  const { state, printed, token, program, client } = await startRegistry([
    '--registry-file',
    'deployments/default/handler_registry.yaml',
  ]);
  expect(printed).toMatchObject({
    pid: program.child.pid,
    storage: 'memory',
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
  });
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(statSync(printed.record).mode & 0o777).toBe(0o600);
  await client.register('orders-1', orders);
  await client.deregister('orders-1');
  expect((await fetch(`${printed.url}/v1/services`)).status).toBe(401);
  program.child.kill('SIGINT');
  const { code, stderr } = await program.result;
  expect(code).toBe(0);
  expect(existsSync(printed.record)).toBe(false);
  expect(stderr).toContain('"msg":"Service registered"');
  expect(stderr).not.toContain(token);
  const audit = readFileSync(join(state, 'registry-audit.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(audit).toMatchObject([
    { action: 'register', id: 'orders-1', name: 'orders', source: '127.0.0.1', time: expect.any(String) },
    { action: 'deregister', id: 'orders-1' },
    { action: 'refuse', status: 401, path: '/v1/services' },
  ]);
  expect(statSync(join(state, 'registry-audit.log')).mode & 0o777).toBe(0o600);
});

test('P21 the registry file shows what is registered', async () => {
  const { cwd, client } = await startRegistry(['--registry-file', 'deployments/default/handler_registry.yaml']);
  await client.register('orders-1', orders);
  const path = join(cwd, 'deployments/default/handler_registry.yaml');
  const entry = { address: 'tcp://127.0.0.1:8080', methods: ['list'] };
  await expect.poll(() => parse(readFileSync(path, 'utf8')), wait).toEqual({ 'orders-1': entry });
});

test('H198 H206 H207 H208 address, certificate, storage and time to live come from the configuration file', async () => {
  const { client, printed } = await startRegistry([], {
    'cert.pem': tls.cert,
    'key.pem': tls.key,
    'portside.config.mjs': `export default { service_registry: {
      listen_address: '0.0.0.0:0', storage_backend: 'memory', ttl_default: '5s', tls_cert: 'cert.pem', tls_key: 'key.pem' } };`,
  });
  expect(printed.url).toMatch(/^https:\/\/127\.0\.0\.1:/);
  expect(await client.register('orders-1', orders)).toMatchObject({ ttlMs: 5000 });
});

test('H87 H88 H89 H90 a running registry takes over what its configuration file says anew, if it can be used', async () => {
  const config = (section: string): string => JSON.stringify({ service_registry: JSON.parse(section) });
  const { cwd, client, program } = await startRegistry([], {
    'portside.config.json': config('{"ttl_default": "5s"}'),
  });
  const path = join(cwd, 'portside.config.json');
  const ttl = async () => (await client.register('orders-1', { ...orders, port: 1 })).ttlMs;
  expect(await ttl()).toBe(5000);
  const health = { interval: '5ms', failure_threshold: 1 };
  const changed = program.printed('Configuration changed');
  writeFileSync(path, config(JSON.stringify({ ttl_default: '7s', storage_backend: 'memory', health_checks: health })));
  await changed;
  expect(await ttl()).toBe(7000);
  await expect.poll(async () => (await client.lookup('orders'))[0]?.status, wait).toBe('unhealthy');
  const refused = program.printed('Configuration not changed');
  writeFileSync(path, config('{"ttl_default": "soon"}'));
  await refused;
  expect(await ttl()).toBe(7000);
  const later = program.printed('Changes take effect when the registry is started again');
  writeFileSync(path, config('{"listen_address": "127.0.0.1:1", "ttl_default": "8s"}'));
  await later;
  await expect.poll(ttl, wait).toBe(8000);
});

test.each([
  [['--storage', 'consul'], 1, 'consul is not built yet'],
  [['--listen', 'nowhere'], 2, 'HOST:PORT'],
  [['--tls-cert', 'c.pem'], 2, '--tls-key'],
  [['--token-file', 'none'], 2, 'cannot be read'],
  [['--storage', 'etcd', '--etcd', 'http://127.0.0.1:1'], 1, 'Cannot reach etcd'],
])('portside registry %j ends with %i and says why', async (args, code, says) => {
  const cwd = temporaryProject({});
  const result = await runCli(['registry', ...args], { cwd, env: { PORTSIDE_STATE_DIR: temporaryProject({}) } });
  expect(result.code).toBe(code);
  expect(result.stderr).toContain(says);
});

test('a port that is taken is told, and no record is left', async () => {
  const { printed } = await startRegistry();
  const state = temporaryProject({});
  const { port } = new URL(printed.url);
  const result = await runCli(['registry', '--listen', `127.0.0.1:${port}`], {
    cwd: state,
    env: { PORTSIDE_STATE_DIR: state },
  });
  expect([result.code, readdirSync(state).includes('registry')]).toEqual([1, false]);
  expect(result.stderr).toContain('Choose another port');
});

describeWithEtcd('two registries on one etcd', () => {
  const program = fileURLToPath(new URL('../support/keep-service.ts', import.meta.url));

  /** Starts a process that keeps a service registered until it is killed. */
  async function keepService(address: RegistryAddress, id: string) {
    const order = { address, id, registration: { ...orders, ttlMs: 2000 } };
    const child = spawn(process.execPath, ['--import', 'jiti/register', program, JSON.stringify(order)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    return child;
  }

  const ids = (client: RegistryClient) => async () => (await client.lookup('orders')).map(({ id }) => id).sort();

  test('see each other, lose what is killed, and go on after etcd has restarted', async () => {
    const etcd = await startEtcd();
    const args = ['--storage', 'etcd', '--etcd', etcd.url];
    const [left, right] = await Promise.all([startRegistry(args), startRegistry(args)]);
    const service = await keepService(left.address, 'on-left');
    await keepService(right.address, 'on-right');
    await expect.poll(ids(right.client), wait).toEqual(['on-left', 'on-right']);
    await expect.poll(ids(left.client), wait).toEqual(['on-left', 'on-right']);

    service.kill('SIGKILL');
    await expect.poll(ids(right.client), wait).toEqual(['on-right']);
    await expect.poll(ids(left.client), wait).toEqual(['on-right']);

    await etcd.restart();
    const probe = { ...orders, name: 'probe' };
    await expect.poll(() => left.client.register('probe', probe).catch(() => undefined), wait).toBeDefined();
    await keepService(left.address, 'later');
    await expect.poll(ids(right.client), wait).toEqual(['later', 'on-right']);

    // With the registry go the heartbeats that come by it.
    left.program.child.kill('SIGKILL');
    await expect.poll(ids(right.client), wait).toEqual(['on-right']);
  });
});
