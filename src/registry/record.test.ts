import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identifyProcess } from '../model/index.js';
import { readRegistryRecords, writeRegistryRecord } from './record.js';

test('records are for their user alone, the newest first, and those of killed servers are removed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portside-record-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(readRegistryRecords(folder)).toEqual([]);
  const record = { process: identifyProcess(), url: 'http://127.0.0.1:1', token: 't', startedAt: 1 };
  const path = writeRegistryRecord(folder, record);
  const parent = { ...record, process: identifyProcess(process.ppid), startedAt: 2 };
  writeRegistryRecord(folder, parent);
  writeRegistryRecord(folder, { ...record, process: { ...record.process, pid: 2 ** 22 + 1 } });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readRegistryRecords(folder)).toEqual([parent, record]);
  expect(readdirSync(join(folder, 'registry'))).toHaveLength(2);
});
