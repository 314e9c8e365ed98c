import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { broadcastSecret } from './broadcast-secret.js';

test('D11 the secret of announcements is 256 random bits that the user alone can read, the same for all processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-secret-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const secret = broadcastSecret(folder, {});
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(broadcastSecret(folder, { PORTSIDE_BROADCAST_SECRET: '' })).toBe(secret);
  expect(readdirSync(folder)).toEqual(['broadcast.key']);
  expect(statSync(join(folder, 'broadcast.key')).mode & 0o777).toBe(0o600);
  expect(broadcastSecret(folder, { PORTSIDE_BROADCAST_SECRET: 'given by the team' })).toBe('given by the team');
});
