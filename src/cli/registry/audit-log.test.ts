import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAuditLog } from './audit-log.js';

test('H200 each entry is a line with its time, added to what is there, for the user alone to read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'new/audit.log');
  openAuditLog(path)({ action: 'register', source: '127.0.0.1', id: 'orders-1', name: 'orders' });
  openAuditLog(path)({ action: 'refuse', source: '10.0.0.9', method: 'GET', path: '/v1/services', status: 401 });
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { action: 'register', source: '127.0.0.1', id: 'orders-1', time: expect.stringMatching(/^\d{4}-/) },
    { action: 'refuse', source: '10.0.0.9', status: 401 },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
