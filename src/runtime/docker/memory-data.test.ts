import { describe, expect, it } from 'vitest';
import type { EnvironmentPlan, PlannedService, ServiceDefinition, VolumeDefinition } from '../../model/index.js';
import type { ImageFacts } from './image-facts.js';
import { memoryData } from './memory-data.js';

const folder = '/var/lib/postgresql/data';
const image: ImageFacts = {
  reference: 'postgres:16',
  id: 'sha256:1',
  entrypoint: ['docker-entrypoint.sh'],
  command: ['postgres'],
  environment: { PGDATA: folder },
  volumes: [folder],
  user: '',
  hasHealthcheck: false,
};

function service(name: string, definition: Partial<ServiceDefinition> = {}): PlannedService {
  const base = { name, kind: 'postgres', environment: {}, mounts: [], container: {} };
  return { name, definition: { ...base, ...definition } } as unknown as PlannedService;
}

function inMemory(
  definition: Partial<ServiceDefinition> = {},
  facts: Partial<ImageFacts> = {},
  {
    others = [],
    volumes = {},
  }: { others?: PlannedService[]; volumes?: Record<string, Partial<VolumeDefinition>> } = {},
) {
  const db = service('db', definition);
  const plan = { services: [db, ...others], definition: { volumes } } as unknown as EnvironmentPlan;
  return memoryData(db, { ...image, ...facts }, plan);
}

/** Where the data go, and with which options; `undefined`: they stay where they are. */
const optionsOf = (...given: Parameters<typeof inMemory>) =>
  inMemory(...given)?.service.definition.mounts.find((mount) => mount.type === 'tmpfs');

const data = { type: 'volume', source: 'data', target: folder, readOnly: false } as const;

describe('memoryData', () => {
  it('takes the place of the volume of the image, with settings before those of the service', () => {
    const found = inMemory({ command: ['postgres', '-c', 'max_connections=7'] });
    expect(found?.folder).toBe(folder);
    expect(found?.service.definition.mounts).toEqual([
      { type: 'tmpfs', target: folder, readOnly: false, options: 'exec,mode=1777' },
    ]);
    const { command = [] } = found?.service.definition ?? {};
    expect(command.slice(-2)).toEqual(['-c', 'max_connections=7']);
    expect(command).toContain('fsync=off');
    // Postgres multiplies the two: with few connections there would be too few locks.
    expect(command).not.toContain('max_locks_per_transaction=16');
    expect(inMemory({})?.service.definition.command).toEqual(
      expect.arrayContaining(['max_connections=1000', 'max_locks_per_transaction=16']),
    );
    expect(inMemory({ command: ['-c', 'max_connections=7'] })?.service.definition.command?.[0]).toBe('postgres');
  });

  it.each([
    ['', 'exec,mode=1777'],
    ['root', 'exec,mode=1777'],
    ['0:0', 'exec,mode=1777'],
    ['999', 'exec,mode=0700,uid=999,gid=0'],
    ['999:70', 'exec,mode=0700,uid=999,gid=70'],
  ])('makes the folder that of the user %j', (user, options) => {
    expect(optionsOf({}, { user })).toMatchObject({ options });
    expect(optionsOf({ container: { user } }, { user: 'postgres' })).toMatchObject({ options });
  });

  it('takes the place of a volume that is the service’s own', () => {
    expect(optionsOf({ mounts: [data] }, {}, { volumes: { data: {} } })).toMatchObject({ target: folder });
    expect(optionsOf({ mounts: [{ ...data, target: '/var/lib/postgresql' }] })).toMatchObject({
      target: '/var/lib/postgresql',
    });
    expect(optionsOf({ mounts: [{ type: 'volume', target: folder, readOnly: false }] })).toMatchObject({
      target: folder,
    });
    const own = { type: 'tmpfs', target: folder, readOnly: false, options: 'size=1g' } as const;
    expect(inMemory({ mounts: [own] })?.service.definition.mounts).toEqual([own]);
  });

  it.each<[string, ...Parameters<typeof inMemory>]>([
    ['of another kind', { kind: 'redis' }],
    ['without a data folder', {}, { environment: {} }],
    ['with an entry point of its own', { entrypoint: ['sh'] }],
    ['with a limit of memory', { container: { memoryBytes: 1 } }],
    ['that runs another program', { command: ['sh', '-c', 'postgres'] }],
    ['of an image with another entry point', {}, { entrypoint: ['/start.sh'] }],
    ['that has volumes of others', { container: { volumesFrom: ['other'] } }],
    ['whose user has a name', {}, { user: 'postgres' }],
    ['of an image without volumes', {}, { volumes: [] }],
    [
      'with a folder of the host',
      { mounts: [{ type: 'bind', source: '/x', target: folder, readOnly: false, createHostPath: true }] },
    ],
    ['with a volume that it only reads', { mounts: [{ ...data, readOnly: true }] }],
    ['with an external volume', { mounts: [data] }, {}, { volumes: { data: { external: true } } }],
    ['with a volume of another driver', { mounts: [data] }, {}, { volumes: { data: { driver: 'nfs' } } }],
    ['with a volume with options', { mounts: [data] }, {}, { volumes: { data: { driverOptions: { o: '1' } } } }],
    [
      'with a volume that another service has too',
      { mounts: [data] },
      {},
      { others: [service('other', { mounts: [data] })] },
    ],
    [
      'whose volumes another service has too',
      { mounts: [data] },
      {},
      { others: [service('other', { container: { volumesFrom: ['db:ro'] } })] },
    ],
  ])('leaves the data of a Postgres %s where they are', (_what, ...given) => {
    expect(inMemory(...given)).toBeUndefined();
  });
});
