import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateTypes } from '../../src/environment/types-file.js';

// Declarations of one project are seen in all of its files: so each of these is a project of its own, against the built package.
const root = resolve(import.meta.dirname, '../..');
const compiler = join(root, 'node_modules/typescript/bin/tsc');

const config = `
import { api, defineEnvironment, type PostgresEndpoint, type RedisEndpoint, postgres, redis } from 'portside';

export default defineEnvironment({
  services: {
    'postgres-primary': postgres(),
    cache: redis(),
    added: redis(),
    api: api({
      image: 'x', port: 8080, needs: ['postgres-primary', 'cache', 'added'],
      env: ({ 'postgres-primary': db, cache, added }) => {
        const typed: PostgresEndpoint = db;
        const alsoTyped: RedisEndpoint = cache;
        return { DB: typed.url, USER: db.user, PASSWORD: db.password, CACHE: alsoTyped.url, ADDED: added.url };
      },
    }),
  },
});`;

describe('portside-env.d.ts', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portside-register-'));
    const options = { strict: true, noEmit: true, module: 'nodenext', target: 'es2023', types: [], skipLibCheck: true };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options }));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/portside'), 'junction');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function compile(files: Readonly<Record<string, string>>): Promise<string> {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return promisify(execFile)(process.execPath, [compiler, '-p', folder]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
  }

  const declared = generateTypes([
    { name: 'postgres-primary', kind: 'postgres' },
    { name: 'cache', kind: 'redis' },
  ]);

  it('gives the addresses in a configuration file their types, and new services those that all have', async () => {
    expect(await compile({ 'portside.config.ts': config, 'portside-env.d.ts': declared })).toBe('');
  });

  it('is what gives them: without it, what only one kind has may be absent', async () => {
    expect(await compile({ 'portside.config.ts': config })).toMatch(/portside\.config\.ts\(\d+,\d+\): error TS2322/);
  });

  it('lets discover() take known names alone, each with its type', async () => {
    const use = (name: string) => `
      import type { EnvironmentHandle, PostgresEndpoint } from 'portside';
      export async function use(env: EnvironmentHandle): Promise<PostgresEndpoint> {
        return env.discover('${name}');
      }`;
    expect(await compile({ 'use.ts': use('postgres-primary'), 'portside-env.d.ts': declared })).toBe('');
    expect(await compile({ 'use.ts': use('cache'), 'portside-env.d.ts': declared })).toContain("'RedisEndpoint'");
    expect(await compile({ 'use.ts': use('postgres-primry'), 'portside-env.d.ts': declared })).toContain(
      '\'"postgres-primry"\' is not assignable',
    );
  });
});
