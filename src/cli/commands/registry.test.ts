import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
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
