import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tls } from '../../../test/support/tls.js';
import { registrySettings } from './settings.js';

function folderWith(files: Readonly<Record<string, string>>): string {
  const cwd = mkdtempSync(join(tmpdir(), 'portside-settings-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content);
  return cwd;
}

test('H206 H207 H208 H209 without anything said, a registry is for this machine, in memory, with a token of its own', async () => {
  const cwd = folderWith({});
  const { token, ...rest } = await registrySettings({ cwd, environment: {} }, {});
  expect(rest).toEqual({
    listen: '127.0.0.1:0',
    storage: { backend: 'memory', cleanupIntervalMs: 30_000 },
    ttlMs: 60_000,
    logLevel: 'info',
  });
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect((await registrySettings({ cwd, environment: {} }, {})).token).not.toBe(token);
});

test('R11 options win over the section of the configuration file, whose paths start in its folder', async () => {
  const cwd = folderWith({
    'c.pem': tls.cert,
    'k.pem': tls.key,
    'token.txt': 'the token of the file\n',
    'portside.config.json': JSON.stringify({
      service_registry: {
        listen_address: '0.0.0.0:7000',
        storage_backend: 'etcd',
        etcd_endpoints: ['http://a:2379'],
        ttl_default: '30s',
        cleanup_interval: '5s',
        tls_cert: 'c.pem',
        tls_key: 'k.pem',
        registry_file: 'registry.yaml',
        audit_log: 'audit.log',
        rate_limit: { requests: 5, per_ms: 1000 },
      },
    }),
  });
  const environment = {
    PORTSIDE_ETCD_USER: 'root',
    PORTSIDE_ETCD_PASSWORD: 's3cret',
    PORTSIDE_REGISTRY_TOKEN: 'given',
  };
  expect(await registrySettings({ cwd, environment }, { listen: '127.0.0.1:1', tokenFile: 'token.txt' })).toEqual({
    listen: '127.0.0.1:1',
    storage: {
      backend: 'etcd',
      cleanupIntervalMs: 5000,
      endpoints: ['http://a:2379'],
      user: 'root',
      password: 's3cret',
    },
    ttlMs: 30_000,
    token: 'the token of the file',
    tls,
    rateLimit: { requests: 5, perMs: 1000 },
    configFile: join(cwd, 'portside.config.json'),
    registryFile: join(cwd, 'registry.yaml'),
    auditLog: join(cwd, 'audit.log'),
    logLevel: 'info',
  });
  expect(await registrySettings({ cwd, environment }, {})).toMatchObject({ token: 'given', listen: '0.0.0.0:7000' });
});

test('H205 a registry that is switched off is not served', async () => {
  const cwd = folderWith({ 'portside.config.json': '{"service_registry": {"enabled": false}}' });
  await expect(registrySettings({ cwd, environment: {} }, {})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test.each([
  [{ storage: 'consul' }, 'consul is not built yet'],
  [{ tlsCert: 'c.pem' }, 'its key'],
  [{ tokenFile: 'none' }, 'cannot be read'],
])('%j is refused', async (options, says) => {
  await expect(registrySettings({ cwd: folderWith({}), environment: {} }, options)).rejects.toThrow(says);
});

test('R11 P37 the rest of the section holds too, and etcd’s login comes from the environment', async () => {
  const section = {
    audit_log: 'audit.log',
    health_checks: { interval: '1s', timeout: '2s', failure_threshold: 3, success_threshold: 4 },
  };
  const cwd = folderWith({ 'own.config.json': JSON.stringify({ service_registry: section }) });
  const environment = { PORTSIDE_ETCD_USER: 'u', PORTSIDE_REGISTRY_TOKEN: 't' };
  expect(await registrySettings({ cwd, environment }, { config: 'own.config.json' })).toMatchObject({
    auditLog: join(cwd, 'audit.log'),
    healthChecks: { intervalMs: 1000, timeoutMs: 2000, failureThreshold: 3, successThreshold: 4 },
    storage: { user: 'u', password: '' },
    token: 't',
    configFile: join(cwd, 'own.config.json'),
  });
});

test('a registry that is switched off is not served', async () => {
  const cwd = folderWith({ 'portside.config.json': JSON.stringify({ service_registry: { enabled: false } }) });
  await expect(registrySettings({ cwd, environment: {} }, {})).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    hint: 'Set service_registry.enabled to true.',
  });
});
