import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeWhere } from '../../test/support/describe-where.js';
import { keepPortsInMemory } from './ports-in-memory.js';

const uid = process.getuid?.() ?? -1;

describeWhere('keepPortsInMemory', uid >= 0 ? undefined : 'users have no numbers here', () => {
  let state: string;
  let memory: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'portside-state-'));
    memory = mkdtempSync(join(tmpdir(), 'portside-memory-'));
  });
  afterEach(() => {
    for (const folder of [state, memory]) rmSync(folder, { recursive: true });
  });
  const ports = () => lstatSync(join(state, 'ports'), { throwIfNoEntry: false });
  const target = () => join(memory, `portside-${uid}-ports`);

  it('makes a folder that only the user may enter, and a link to it; again after somebody cleared the memory', () => {
    for (const _ of ['first', 'after a restart']) {
      keepPortsInMemory(state, uid, memory);
      expect(readlinkSync(join(state, 'ports'))).toBe(target());
      expect(lstatSync(target()).mode & 0o777).toBe(0o700);
      rmSync(target(), { recursive: true });
    }
  });

  it('leaves a folder alone that is there already', () => {
    mkdirSync(join(state, 'ports'));
    keepPortsInMemory(state, uid, memory);
    expect(ports()?.isDirectory()).toBe(true);
  });

  it('does nothing where the system has no such folder', () => {
    keepPortsInMemory(state, uid, join(memory, 'none'));
    expect(ports()).toBeUndefined();
  });

  it('does not trust a folder that others may enter', () => {
    keepPortsInMemory(state, uid, memory);
    chmodSync(target(), 0o777);
    keepPortsInMemory(state, uid, memory);
    expect(ports()).toBeUndefined();
    chmodSync(target(), 0o700);
    keepPortsInMemory(state, uid, memory);
    expect(ports()?.isSymbolicLink()).toBe(true);
  });
});
