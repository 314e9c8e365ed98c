import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { EnvironmentDefinition, PlannedService, ServiceDefinition } from '../model/index.js';
import { contentOf, grantedContent } from './granted-content.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-granted-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'init'));
  writeFileSync(join(folder, 'init/a.sql'), 'one');
});

/** The sum of a service with the folder mounted, and what else it is given. */
function sumOf(service: Partial<ServiceDefinition> = {}, definition: Partial<EnvironmentDefinition> = {}) {
  const mount = { type: 'bind', source: join(folder, 'init'), target: '/init', readOnly: true, createHostPath: false };
  const base = { mounts: [mount, { type: 'volume', target: '/data', readOnly: false }], secrets: [], configs: [] };
  return grantedContent(
    { definition: { ...base, ...service } } as unknown as PlannedService,
    { secrets: {}, configs: {}, ...definition } as unknown as EnvironmentDefinition,
  );
}

describe('grantedContent', () => {
  it('changes with what is in a mounted folder, and with who may execute it', () => {
    const before = sumOf();
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(sumOf()).toBe(before);
    chmodSync(join(folder, 'init/a.sql'), 0o755);
    const executable = sumOf();
    expect(executable).not.toBe(before);
    writeFileSync(join(folder, 'init/b.sql'), '');
    expect(sumOf()).not.toBe(executable);
  });

  it('changes with secrets and configs, whatever they come from', () => {
    const secrets = [{ source: 's', target: '/run/secrets/s' }];
    const from = (content: object) => sumOf({ secrets }, { secrets: { s: content } } as never);
    const sums = [
      sumOf(),
      from({ type: 'content', content: 'x' }),
      from({ type: 'content', content: 'y' }),
      from({ type: 'file', path: join(folder, 'init/a.sql') }),
      sumOf({ configs: [{ source: 'c', target: '/c' }] }, { configs: { c: { type: 'content', content: 'x' } } }),
    ];
    expect(sums).not.toContain(undefined);
    expect(new Set(sums).size).toBe(sums.length);
  });

  it('knows nothing of a secret that is kept elsewhere, or is not defined', () => {
    const secrets = [{ source: 's', target: '/run/secrets/s' }];
    expect(sumOf({ secrets }, { secrets: { s: { type: 'external', name: 'x' } } })).toBeUndefined();
    expect(sumOf({ secrets })).toBeUndefined();
  });

  it('knows nothing of what cannot be read, is no plain file, or is too much', () => {
    expect(contentOf([join(folder, 'none')])).toBeUndefined();
    expect(contentOf(['/dev/null'])).toBeUndefined();
    const paths = [join(folder, 'init'), join(folder, 'init/a.sql')];
    expect(contentOf(paths)).toBe(contentOf([...paths].reverse()));
    for (let count = 0; count < 1000; count++) writeFileSync(join(folder, `init/${count}`), '');
    expect(contentOf([folder])).toBeUndefined();
    writeFileSync(join(folder, 'large'), Buffer.alloc(16 * 1024 * 1024 + 1));
    expect(contentOf([join(folder, 'large')])).toBeUndefined();
  });
});
