import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { identifyProcess } from '../../model/index.js';
import { RunRecord } from './run-record.js';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'portside-runs-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
});

const head = { owner: { key: 'k', instance: 'i', process: identifyProcess() }, dataFolder: '/data' };

test('a run is known with its programs from its beginning until it is removed', () => {
  expect(RunRecord.all(state)).toEqual([]);
  const record = new RunRecord(state, 'i');
  expect([record.head(), record.programs()]).toEqual([undefined, []]);
  record.begin(head);
  record.addProgram('a-1', 'a', process.pid, 'SIGINT');
  const [found] = RunRecord.all(state);
  expect(found?.head()).toEqual(head);
  expect(found?.programs()).toEqual([{ service: 'a', process: identifyProcess(process.pid), signal: 'SIGINT' }]);
  record.removeProgram('a-1');
  expect(record.programs()).toEqual([]);
  record.remove();
  expect(RunRecord.all(state)).toEqual([]);
});

test('what was written only in part is not there; what cannot be read is an error', () => {
  const record = new RunRecord(state, 'i');
  record.begin(head);
  writeFileSync(join(record.folder, 'programs/a-1.json'), '{"service":');
  expect(record.programs()).toEqual([]);
  writeFileSync(join(record.folder, 'run.json'), '{');
  expect(record.head()).toBeUndefined();
  rmSync(join(record.folder, 'run.json'));
  mkdirSync(join(record.folder, 'run.json'));
  expect(() => record.head()).toThrow('EISDIR');
});
