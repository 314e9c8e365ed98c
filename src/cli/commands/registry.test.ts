import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { tls } from '../../../test/support/tls.js';
import { RegistryClient } from '../../registry/index.js';
import { runCli } from '../cli.js';

test('P19 P21 H206 H209 portside registry serves until it is interrupted, and mirrors what is registered', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'portside-registry-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const stop = new AbortController();
  const interrupts = { signal: stop.signal, exitCode: 130, redirect: () => () => {} };
  const environment = { PORTSIDE_STATE_DIR: join(cwd, 's'), PORTSIDE_LOG_LEVEL: 'silent' };
  const context = { cwd, environment, stdout, stderr, interrupts, now: Date.now };
  const args = ['registry', '--json', '--registry-file', 'registry.yaml', '--listen', '0.0.0.0:0'];
  const ended = runCli(args, context);
  let text = '';
  stdout.on('data', (chunk) => {
    text += chunk;
  });
  await expect.poll(() => text, { timeout: 30_000 }).toContain('}\n');
  const { url, record, storage } = JSON.parse(text);
  expect(storage).toBe('memory');
  expect(stderr.read()?.toString()).toContain('without TLS the token can be read on the network');
  const client = new RegistryClient({ url, token: JSON.parse(readFileSync(record, 'utf8')).token });
  await client.register('A', { name: 'orders', host: '127.0.0.1', port: 8080 });
  await client.close();
  stop.abort();
  expect(await ended).toBe(0);
  expect(existsSync(record)).toBe(false);
  expect(readFileSync(join(cwd, 'registry.yaml'), 'utf8')).toContain('tcp://127.0.0.1:8080');
});

test.each([
  ['--audit-log', 'folder', 2, 'USAGE', /'.*folder' cannot be used as the audit log: .*EISDIR/],
  ['audit_log', 'folder', 1, 'CONFIG_INVALID', /'.*folder' cannot be used as the audit log: .*EISDIR/],
  ['--tls-cert', 'bad.pem', 2, 'USAGE', /'.*bad.pem' cannot be used as the certificate: .*PEM/],
  ['tls_cert', 'bad.pem', 1, 'CONFIG_INVALID', /'.*bad.pem' cannot be used as the certificate: .*PEM/],
  ['--tls-key', 'bad.pem', 2, 'USAGE', /'.*bad.pem' cannot be used as the key: /],
  ['tls_key', 'none.pem', 1, 'CONFIG_INVALID', /'.*none.pem' cannot be used as the key: .*ENOENT/],
  [
    'tls_key',
    'other.pem',
    1,
    'CONFIG_INVALID',
    /'.*other.pem' cannot be used as the key of that certificate: .*mismatch/,
  ],
])('%s with a file that it cannot use is refused: %s', async (name, file, code, errorCode, says) => {
  const cwd = mkdtempSync(join(tmpdir(), 'portside-registry-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  mkdirSync(join(cwd, 'folder'));
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const files = { 'cert.pem': tls.cert, 'key.pem': tls.key, 'bad.pem': 'no PEM', 'other.pem': String(other) };
  for (const [path, content] of Object.entries(files)) writeFileSync(join(cwd, path), content);
  const given = name.startsWith('--') ? {} : { [name]: file };
  const section = { tls_cert: 'cert.pem', tls_key: 'key.pem', ...given };
  writeFileSync(join(cwd, 'portside.config.json'), JSON.stringify({ service_registry: section }));
  const stdout = new PassThrough();
  const context = {
    cwd,
    environment: { PORTSIDE_STATE_DIR: join(cwd, 's'), PORTSIDE_LOG_LEVEL: 'silent' },
    stdout,
    stderr: new PassThrough(),
    interrupts: { signal: new AbortController().signal, exitCode: 130, redirect: () => () => {} },
    now: Date.now,
  };
  expect(await runCli(['registry', '--json', ...(name.startsWith('--') ? [name, file] : [])], context)).toBe(code);
  const { error } = JSON.parse(String(stdout.read()));
  expect(error).toMatchObject({ code: errorCode, message: expect.stringMatching(says), hint: expect.any(String) });
});
