import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { generateTypes, typesFileName, writeTypesFile } from './types-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portside-types-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('generateTypes', () => {
  test('lists the services by name with their kinds and leaves workers out', () => {
    const text = generateTypes([
      { name: 'postgres-primary', kind: 'postgres' },
      { name: 'cache', kind: 'redis' },
      { name: 'migrate', kind: 'worker' },
    ]);
    expect(text).toMatchInlineSnapshot(`
      "// Written by portside from the services of this project; changes are overwritten.
      import 'portside';

      declare module 'portside' {
        interface Register {
          services: {
            'cache': 'redis';
            'postgres-primary': 'postgres';
          };
        }
      }
      "
    `);
  });

  test('quotes names so that they stay string literals', () => {
    expect(generateTypes([{ name: `it's\\`, kind: 'tcp' }])).toContain(`'it\\'s\\\\': 'tcp';`);
  });

  test('gives the same text whatever the order of the services', () => {
    const a = { name: 'a', kind: 'redis' } as const;
    const b = { name: 'b', kind: 'http' } as const;
    expect(generateTypes([b, a])).toBe(generateTypes([a, b]));
  });
});

describe('writeTypesFile', () => {
  const services = [{ name: 'cache', kind: 'redis' }] as const;

  test('writes the file and gives its path', async () => {
    const path = await writeTypesFile(folder, services);
    expect(path).toBe(join(folder, typesFileName));
    expect(await readFile(join(folder, typesFileName), 'utf8')).toBe(generateTypes(services));
    expect(await readdir(folder)).toEqual([typesFileName]);
  });

  test('leaves a file alone whose content is the same', async () => {
    await writeTypesFile(folder, services);
    const before = await stat(join(folder, typesFileName));
    expect(await writeTypesFile(folder, services)).toBeUndefined();
    expect((await stat(join(folder, typesFileName))).ino).toBe(before.ino);
  });

  test('replaces a file whose content has changed', async () => {
    await writeFile(join(folder, typesFileName), 'old');
    await writeTypesFile(folder, services);
    expect(await readFile(join(folder, typesFileName), 'utf8')).toBe(generateTypes(services));
  });

  test('writes nothing without a tsconfig.json when told so', async () => {
    expect(await writeTypesFile(folder, services, { onlyBesideTsconfig: true })).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'tsconfig.json'), '{}');
    expect(await writeTypesFile(folder, services, { onlyBesideTsconfig: true })).toBeDefined();
  });

  test('fails with TYPES_FILE_FAILED where it cannot write, and leaves nothing behind', async () => {
    await expect(writeTypesFile(join(folder, 'missing'), services)).rejects.toMatchObject({
      code: 'TYPES_FILE_FAILED',
      message: expect.stringContaining(join(folder, 'missing', typesFileName)),
    });
  });

  test('ends with one whole file when several write at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => writeTypesFile(folder, services)));
    expect(await readdir(folder)).toEqual([typesFileName]);
    expect(await readFile(join(folder, typesFileName), 'utf8')).toBe(generateTypes(services));
  });
});
