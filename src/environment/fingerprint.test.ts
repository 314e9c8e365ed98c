import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnvironmentDefinition, ServiceDefinition } from '../model/index.js';
import { fingerprint } from './fingerprint.js';

describe('fingerprint', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'portside-fingerprint-'));
    for (const name of ['context', 'program', 'init', 'data']) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'file'), '1');
    }
    writeFileSync(join(folder, 'config.ts'), '1');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function current(more: Partial<ServiceDefinition> = {}): string {
    const mount = (source: string, target: string) => ({ type: 'bind', source: join(folder, source), target });
    const service = {
      build: { context: join(folder, 'context'), args: {} },
      embedded: { command: ['x'], cwd: join(folder, 'program') },
      mounts: [mount('init', '/docker-entrypoint-initdb.d'), mount('data', '/data')],
      position: { file: join(folder, 'config.ts') },
      ...more,
    };
    return fingerprint({ services: [service] } as unknown as EnvironmentDefinition);
  }

  it.each(['context', 'program', 'init'])('changes with a file in the %s folder', (name) => {
    const before = current();
    expect(current()).toBe(before);
    writeFileSync(join(folder, name, 'file'), '22');
    expect(current()).not.toBe(before);
  });

  it('does not change with data that a service mounts', () => {
    const before = current();
    writeFileSync(join(folder, 'data/file'), '22');
    expect(current()).toBe(before);
  });

  it.each(['environmentFrom', 'foreign'])(
    'changes with the configuration file whose %s function is part of it',
    (key) => {
      const [plain, computed] = [current(), current({ [key]: () => ({}) })];
      writeFileSync(join(folder, 'config.ts'), '22');
      expect(current()).toBe(plain);
      expect(current({ [key]: () => ({}) })).not.toBe(computed);
    },
  );
});
