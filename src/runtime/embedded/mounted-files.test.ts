import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileContent, MountDefinition, ServiceDefinition } from '../../model/index.js';
import { MountedFiles } from './mounted-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-mounts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const bind = (source: string, target: string): MountDefinition => ({
  type: 'bind',
  source,
  target,
  readOnly: true,
  createHostPath: false,
});

const files = (
  parts: Partial<Pick<ServiceDefinition, 'mounts' | 'secrets' | 'configs'>>,
  secrets: Record<string, FileContent> = {},
) =>
  new MountedFiles(
    { mounts: [], secrets: [], configs: [], ...parts } as unknown as ServiceDefinition,
    { secrets, configs: {} },
    join(folder, 'files'),
  );

describe('MountedFiles', () => {
  it('gives the host path below the nearest bind mount', () => {
    const mounted = files({
      mounts: [bind('/src', '/app/'), bind('/conf', '/app/config'), bind('/one.sql', '/x/1.sql')],
    });
    expect(mounted.hostPath('/app/server.js')).toBe('/src/server.js');
    expect(mounted.hostPath('/app')).toBe('/src');
    expect(mounted.hostPath('/app/config/a/../b.json')).toBe('/conf/b.json');
    expect(mounted.hostPath('/x/1.sql')).toBe('/one.sql');
    expect(mounted.hostPath('/application')).toBeUndefined();
    expect(mounted.translate('/etc/hosts')).toBe('/etc/hosts');
    expect(mounted.translate('app')).toBe('app');
  });

  it('writes the content of a secret for this user alone, and takes a file where it lies', () => {
    const secrets = [
      { source: 'token', target: '/run/secrets/token' },
      { source: 'key', target: '/run/secrets/key' },
      { source: 'elsewhere', target: '/run/secrets/elsewhere' },
    ];
    const mounted = files(
      { secrets },
      {
        token: { type: 'content', content: 's3cret' },
        key: { type: 'file', path: '/keys/key.pem' },
        elsewhere: { type: 'external', name: 'x' },
      },
    );
    const path = mounted.hostPath('/run/secrets/token') ?? '';
    expect(readFileSync(path, 'utf8')).toBe('s3cret');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(mounted.hostPath('/run/secrets/key')).toBe('/keys/key.pem');
    expect(mounted.hostPath('/run/secrets/elsewhere')).toBeUndefined();
  });

  it('lists the files of a folder, also those mounted into it one by one, by name in byte order', () => {
    mkdirSync(join(folder, 'init', 'deeper'), { recursive: true });
    for (const name of ['20.sql', '3.sql', 'B.sql', 'a.sql']) writeFileSync(join(folder, 'init', name), '');
    writeFileSync(join(folder, 'other.sql'), '');
    const mounted = files({
      mounts: [
        bind(join(folder, 'init'), '/init.d'),
        bind(join(folder, 'other.sql'), '/init.d/10.sql'),
        bind(join(folder, 'other.sql'), '/init.d/a.sql'),
        bind(join(folder, 'missing.sql'), '/init.d/0.sql'),
      ],
    });
    expect(mounted.filesIn('/init.d').map(({ name }) => name)).toEqual(['10.sql', '20.sql', '3.sql', 'B.sql', 'a.sql']);
    expect(mounted.filesIn('/init.d').at(-1)?.path).toBe(join(folder, 'other.sql'));
    expect(mounted.filesIn('/elsewhere')).toEqual([]);
  });
});
