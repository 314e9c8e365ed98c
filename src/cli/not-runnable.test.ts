import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notRunnable } from './not-runnable.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ps-not-runnable-'));
  mkdirSync(join(folder, 'bin/folder'), { recursive: true });
  for (const [name, mode] of Object.entries({ program: 0o755, text: 0o644 })) {
    writeFileSync(join(folder, 'bin', name), '#!/bin/sh\n');
    chmodSync(join(folder, 'bin', name), mode);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const code = (command: string, path?: string) => notRunnable(command, folder, { PATH: path })?.code;

describe('notRunnable', () => {
  test('finds nothing wrong with programs, by path and in PATH, whose folders may be relative', () => {
    const places = [
      code('bin/program'),
      code(join(folder, 'bin/program')),
      code('program', `/nowhere:${join(folder, 'bin')}`),
      code('program', 'bin'),
      notRunnable('program', join(folder, 'bin'), { PATH: '' })?.code,
      code('sh'),
    ];
    expect(places).toEqual(places.map(() => undefined));
  });

  test('gives 127 where there is no such program', () => {
    expect([code('bin/other'), code('program', '/nowhere'), code('program')]).toEqual([127, 127, 127]);
    const refused = notRunnable('vitset', folder, { PATH: 'bin' });
    expect(refused?.error).toMatchObject({
      code: 'COMMAND_NOT_STARTED',
      message: "Cannot run 'vitset': there is no such program.",
    });
  });

  test('gives 126 for a folder and for a file that is not executable', () => {
    expect([code('./bin/folder'), code('text', 'bin'), code('bin/text')]).toEqual([126, 126, 126]);
  });
});
