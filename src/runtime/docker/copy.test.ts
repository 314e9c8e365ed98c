import { describe, expect, it } from 'vitest';
import type { PlannedService, ServiceDefinition } from '../../model/index.js';
import { asCopy } from './copy.js';

function service(definition: Partial<ServiceDefinition>): PlannedService {
  return {
    name: 'db',
    ports: [{ target: 5432, protocol: 'tcp', policy: 'prefer', published: 5432 }],
    definition: { name: 'db', environment: {}, networks: [], mounts: [], container: {}, ...definition },
  } as unknown as PlannedService;
}

const copied = (definition: Partial<ServiceDefinition>) => asCopy(service(definition), 'db').definition;
const bind = { type: 'bind', source: '/host', readOnly: false, createHostPath: true } as const;

describe('asCopy', () => {
  it('gives a copy ports and names of its own', () => {
    const definition = {
      aliases: ['old'],
      labels: { 'traefik.enable': 'true' },
      container: { hostname: 'db', macAddress: '02:42:ac:11:65:43', user: '1' },
      networks: [
        { network: 'a', aliases: ['x'], ipv4Address: '10.0.0.5', priority: 2, driverOptions: { o: '1' } },
        { network: 'b', aliases: [] },
      ],
    };
    expect(asCopy(service(definition), 'db').ports).toMatchObject([{ target: 5432, policy: 'dynamic' }]);
    expect(copied(definition)).toMatchObject({ aliases: [], labels: {}, container: { user: '1' } });
    expect(copied(definition).container).toEqual({ user: '1' });
    expect(copied(definition).networks).toEqual([
      { network: 'a', aliases: [], priority: 2, driverOptions: { o: '1' } },
      { network: 'b', aliases: [] },
    ]);
  });

  it.each([
    [{ type: 'volume', source: 'data', target: '/d', readOnly: false } as const, true],
    [{ type: 'volume', source: 'data', target: '/d', readOnly: false, noCopy: true } as const, true],
    [{ type: 'volume', source: 'data', target: '/d', readOnly: true } as const, false],
    [{ type: 'volume', target: '/d', readOnly: false } as const, false],
    [{ type: 'tmpfs', target: '/d', readOnly: false } as const, false],
    [{ ...bind, target: '/var/lib/postgresql/data' }, true],
    [{ ...bind, target: '/pg/data' }, true],
    [{ ...bind, target: '/pg' }, true],
    [{ ...bind, target: '/etc/app' }, false],
  ])('gives it data of its own in place of %j: %s', (mount, isFresh) => {
    const [own] = copied({ environment: { PGDATA: '/pg/data' }, mounts: [mount] }).mounts;
    const noCopy = 'noCopy' in mount ? { noCopy: true } : {};
    expect(own).toEqual(isFresh ? { type: 'volume', target: mount.target, readOnly: false, ...noCopy } : mount);
  });

  it.each(['host', 'service:other', 'container:other'])('refuses a service in the network %s', (networkMode) => {
    expect(() => copied({ container: { networkMode } })).toThrow(
      expect.objectContaining({ code: 'LEASE_UNSUPPORTED', service: 'db' }),
    );
  });
});
