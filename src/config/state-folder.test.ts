import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateFolder } from './state-folder.js';

describe('stateFolder', () => {
  let root: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'portside-state-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const at = (folder: string) => stateFolder({ PORTSIDE_STATE_DIR: folder });

  it('makes the folder for its user alone, and takes it again', () => {
    const folder = join(root, 'a/b');
    expect(at(folder)).toBe(folder);
    expect(at(folder)).toBe(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
  });

  it('lies in the temporary folder, one for each user', () => {
    for (const environment of [{}, { PORTSIDE_STATE_DIR: '' }]) {
      expect(stateFolder(environment)).toBe(join(tmpdir(), `portside-${process.getuid?.()}`));
    }
  });

  it('refuses a folder that others may enter', () => {
    const folder = join(root, 'open');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    expect(() => at(folder)).toThrow(
      expect.objectContaining({ code: 'STATE_FOLDER_UNSAFE', message: expect.stringContaining('mode 755') }),
    );
  });

  it('refuses a link, wherever it leads', () => {
    mkdirSync(join(root, 'real'), { mode: 0o700 });
    symlinkSync(join(root, 'real'), join(root, 'link'));
    expect(() => at(join(root, 'link'))).toThrow(expect.objectContaining({ code: 'STATE_FOLDER_UNSAFE' }));
  });

  it('refuses what is no folder', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => at(join(root, 'file'))).toThrow(expect.objectContaining({ code: 'STATE_FOLDER_UNSAFE' }));
  });

  it('refuses a path in which no socket would fit, and makes nothing', () => {
    const folder = join(root, 'x'.repeat(74 - root.length - 1));
    expect(Buffer.byteLength(folder)).toBe(74);
    expect(() => at(folder)).toThrow(
      expect.objectContaining({ code: 'STATE_FOLDER_UNSAFE', message: expect.stringContaining('73 bytes') }),
    );
    expect(existsSync(folder)).toBe(false);
    expect(at(folder.slice(0, -1))).toBe(folder.slice(0, -1));
  });

  it("refuses another user's folder", () => {
    const folder = join(root, 'foreign');
    mkdirSync(folder, { mode: 0o700 });
    const isRoot = process.getuid?.() === 0;
    if (isRoot) chownSync(folder, 65_534, 65_534);
    expect(() => at(isRoot ? folder : '/')).toThrow(
      expect.objectContaining({ code: 'STATE_FOLDER_UNSAFE', message: expect.stringContaining('belongs to user') }),
    );
  });
});
