import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { EnvironmentDefinition, MountDefinition, PlannedService, ServiceDefinition } from '../model/index.js';
import { type SnapshotInputs, snapshotKey } from './snapshot-key.js';

const folder = mkdtempSync(join(tmpdir(), 'portside-key-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const data = '/var/lib/postgresql/data';
const definition = {
  secrets: { pass: { type: 'content', content: 'x' } },
  configs: {},
} as unknown as EnvironmentDefinition;

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function script(name: string, text: string): MountDefinition {
  const target = `/docker-entrypoint-initdb.d/${name}`;
  const source = file(Buffer.from(name + text).toString('hex'), text);
  return { type: 'bind', source, target, readOnly: true, createHostPath: false };
}

function keyOf(more: Partial<ServiceDefinition> = {}, rest: Partial<PlannedService & SnapshotInputs> = {}) {
  const own: ServiceDefinition = {
    name: 'db',
    kind: 'postgres',
    environment: { POSTGRES_PASSWORD: 'a', POSTGRES_DB: 'shop' },
    credentials: { user: 'postgres', password: 'a', database: 'shop' },
    ports: [],
    dependsOn: [],
    mounts: [script('010.sql', 'SELECT 1;')],
    secrets: [],
    configs: [],
    networks: [],
    aliases: [],
    labels: {},
    replicas: 1,
    container: {},
    ...more,
  };
  const { computed = {}, programs = 'sha256:1', dependsOn = [], readiness = [] } = rest;
  const service = { name: own.name, definition: own, ports: [], dependsOn, readiness, startOrder: 0 };
  return snapshotKey({ service, definition, computed, folder: data, programs });
}

describe('the key of a snapshot', () => {
  it('is the same for the same inputs, whatever the service is called', () => {
    const same = keyOf({ name: 'other', labels: { a: 'b' }, ports: [{ target: 5432, protocol: 'tcp' }] });
    expect(keyOf()).toMatch(/^[0-9a-f]{24}$/);
    expect(same).toBe(keyOf());
    expect(keyOf({ environment: { POSTGRES_DB: 'shop', POSTGRES_PASSWORD: 'a' } })).toBe(keyOf());
    const volume: MountDefinition = { type: 'volume', source: 'data', target: data, readOnly: false };
    expect(keyOf({ mounts: [volume, script('010.sql', 'SELECT 1;')] })).toBe(keyOf());
  });

  it.each([
    ['the image', () => keyOf({}, { programs: 'sha256:2' })],
    ['a password of the file', () => keyOf({ credentials: { user: 'postgres', password: 'b', database: 'shop' } })],
    ['the environment', () => keyOf({ environment: { POSTGRES_PASSWORD: 'a', POSTGRES_DB: 'other' } })],
    ['the command', () => keyOf({ command: ['postgres', '-c', 'wal_level=logical'] })],
    ['the content of a script', () => keyOf({ mounts: [script('010.sql', 'SELECT 2;')] })],
    ['a further script', () => keyOf({ mounts: [script('010.sql', 'SELECT 1;'), script('020.sql', '')] })],
    ['a secret', () => keyOf({ secrets: [{ source: 'pass', target: '/run/secrets/pass' }] })],
    ['a migration', () => keyOf({ migration: { type: 'command', command: 'x', cwd: '/', inputs: [file('m', '1')] } })],
  ])('changes with %s', (_, changed) => {
    const other = changed();
    expect(other).toMatch(/^[0-9a-f]{24}$/);
    expect(other).not.toBe(keyOf());
  });

  it('leaves a password out that was made for one environment alone', () => {
    const generated = (password: string) =>
      keyOf({
        environment: { POSTGRES_PASSWORD: password },
        credentials: { user: 'postgres', password, database: 'postgres', passwordGenerated: true },
      });
    expect(generated('one')).toBe(generated('two'));
    expect(generated('one')).toBeDefined();
  });

  const generated = { credentials: { user: 'u', password: 'p', database: 'd', passwordGenerated: true } };
  const link = (): MountDefinition => {
    symlinkSync('/dev/null', join(folder, 'link'));
    return { type: 'bind', source: join(folder, 'link'), target: '/etc/x', readOnly: true, createHostPath: false };
  };
  it.each([
    ['computed values', () => keyOf({}, { computed: { A: 'b' } })],
    ['a function for its environment', () => keyOf({ environmentFrom: () => ({}) })],
    ['its own address in its environment', () => keyOf({ advertise: { A: '{port}' } })],
    ['a ready condition on its log', () => keyOf({}, { readiness: [{ type: 'log', pattern: 'ready', count: 2 }] })],
    [
      'a volume besides that of its data',
      () => keyOf({ mounts: [{ type: 'volume', source: 'x', target: '/x', readOnly: true }] }),
    ],
    ['a WAL folder of its own', () => keyOf({ environment: { POSTGRES_INITDB_WALDIR: '/wal' } })],
    ['a device among its mounts', () => keyOf({ mounts: [link()] })],
    [
      'a script that is a program, and others to depend on',
      () => {
        const dependsOn = [{ service: 'a', condition: 'service_started', required: true } as const];
        return keyOf({ mounts: [script('init.sh', 'true')] }, { dependsOn });
      },
    ],
    ['a made password and a program', () => keyOf({ ...generated, mounts: [script('init.sh', 'true')] })],
    [
      'a made password and a script that reads variables',
      () => keyOf({ ...generated, mounts: [script('r.sql', '\\getenv pw POSTGRES_PASSWORD\nSELECT 1;')] }),
    ],
    [
      'a migration whose inputs are gone',
      () => keyOf({ migration: { type: 'command', command: 'x', cwd: '/', inputs: ['/nowhere'] } }),
    ],
  ])('is not given to a service with %s', (_, key) => {
    expect(key()).toBeUndefined();
  });

  it('is not changed by a migration that runs at every start', () => {
    expect(keyOf({ migration: { type: 'command', command: 'x', cwd: '/', inputs: [] } })).toBe(keyOf());
  });
});
