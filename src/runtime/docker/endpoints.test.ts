import { describe, expect, it } from 'vitest';
import type { NetworkAttachment, PlannedService } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { containerNetworking } from './endpoints.js';
import { isAtLeast } from './engine-version.js';

function contextFor(apiVersion: string): DockerContext {
  return {
    engine: { speaks: (version: string) => isAtLeast(apiVersion, version) },
    definition: { project: 'p', networks: {} },
    owner: { instance: 'i' },
    networks: new Map([
      ['a', { name: 'p_a-i', id: '1', fixedSubnet: true }],
      ['b', { name: 'p_b-i', id: '2', fixedSubnet: false }],
    ]),
  } as unknown as DockerContext;
}

function serviceIn(networks: readonly NetworkAttachment[], container: object = {}): PlannedService {
  const definition = { name: 'api', networks, aliases: ['old'], replicas: 1, container };
  return { name: 'api', definition, ports: [], readiness: [] } as unknown as PlannedService;
}

const a = { network: 'a', aliases: ['in-a'], ipv4Address: '10.0.0.5', macAddress: '02:42:ac:11:65:43' };
const b = { network: 'b', aliases: [], ipv4Address: '10.1.0.5', priority: 10 };

describe('containerNetworking', () => {
  it('joins several networks at once from API 1.44 on, the one of the highest priority first', () => {
    expect(containerNetworking(contextFor('1.44'), serviceIn([a, b]))).toEqual({
      mode: 'p_b-i',
      atCreate: {
        'p_b-i': { Aliases: ['api', 'old'] },
        'p_a-i': {
          Aliases: ['api', 'old', 'in-a'],
          IPAMConfig: { IPv4Address: '10.0.0.5' },
          MacAddress: '02:42:ac:11:65:43',
        },
      },
      later: {},
    });
  });

  it('joins all but the first by requests of their own before that', () => {
    const networking = containerNetworking(contextFor('1.43'), serviceIn([a, b]));
    expect(Object.keys(networking.atCreate)).toEqual(['p_b-i']);
    expect(networking.later).toEqual({
      'p_a-i': { Aliases: ['api', 'old', 'in-a'], IPAMConfig: { IPv4Address: '10.0.0.5' } },
    });
  });

  it("gives the service's own hardware address to its first network from API 1.44 on, unless the network has one", () => {
    const own = { macAddress: '02:42:ac:11:00:01' };
    const macs = (networks: readonly NetworkAttachment[], api = '1.44', replicas = 1) => {
      const service = serviceIn(networks, own);
      const replicated = { ...service, definition: { ...service.definition, replicas } };
      const { atCreate, later } = containerNetworking(contextFor(api), replicated);
      return Object.entries({ ...atCreate, ...later }).map(([name, { MacAddress }]) => [name, MacAddress]);
    };
    expect(macs([a, b])).toEqual([
      ['p_b-i', '02:42:ac:11:00:01'],
      ['p_a-i', '02:42:ac:11:65:43'],
    ]);
    expect(macs([a])).toEqual([['p_a-i', '02:42:ac:11:65:43']]);
    // Before, the request for the container has it, and no network.
    expect(macs([b], '1.43')).toEqual([['p_b-i', undefined]]);
    // An address is one container's.
    expect(macs([b], '1.44', 2)).toEqual([['p_b-i', undefined]]);
    expect(macs([a], '1.44', 2)).toEqual([['p_a-i', undefined]]);
  });

  it('keeps a static address only where the subnet of the file is in force', () => {
    const { atCreate } = containerNetworking(contextFor('1.44'), serviceIn([b]));
    expect(atCreate['p_b-i']).not.toHaveProperty('IPAMConfig');
  });

  it('turns a link with a name of its own into one for this container', () => {
    const { atCreate } = containerNetworking(contextFor('1.44'), serviceIn([a], { links: ['db:database', 'cache'] }));
    expect(atCreate['p_a-i']?.Links).toEqual(['p-db-1-i:database']);
  });

  it('keeps every fixed address and option of a network', () => {
    const attachment = {
      network: 'a',
      aliases: [],
      ipv6Address: 'fd00::5',
      linkLocalIps: ['169.254.1.1'],
      driverOptions: { o: '1' },
    };
    expect(containerNetworking(contextFor('1.44'), serviceIn([attachment])).atCreate['p_a-i']).toEqual({
      Aliases: ['api', 'old'],
      IPAMConfig: { IPv6Address: 'fd00::5', LinkLocalIPs: ['169.254.1.1'] },
      DriverOpts: { o: '1' },
    });
  });

  it('joins no network where a service has none', () => {
    expect(containerNetworking(contextFor('1.44'), serviceIn([]))).toEqual({ mode: 'none', atCreate: {}, later: {} });
  });

  it('shares the network of a service that runs, and refuses one that does not', () => {
    const service = serviceIn([], { networkMode: 'service:db' });
    const running = [{ service: { name: 'db' }, replica: 1, id: 'abc' }];
    const context = (all: object[]) =>
      ({ ...contextFor('1.44'), records: { all: () => all } }) as unknown as DockerContext;
    expect(containerNetworking(context(running), service).mode).toBe('container:abc');
    expect(() => containerNetworking(context([]), service)).toThrow(
      expect.objectContaining({
        code: 'SERVICE_START_FAILED',
        service: 'api',
        hint: expect.stringContaining('depends_on'),
      }),
    );
  });

  it('passes the modes of the engine on', () => {
    for (const networkMode of ['host', 'none', 'bridge', 'container:abc']) {
      const networking = containerNetworking(contextFor('1.44'), serviceIn([], { networkMode }));
      expect(networking).toEqual({ mode: networkMode, atCreate: {}, later: {} });
    }
  });
});
