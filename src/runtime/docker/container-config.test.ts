import { describe, expect, it } from 'vitest';
import type { PlannedService, ServiceDefinition } from '../../model/index.js';
import { type ContainerRecipe, containerConfig } from './container-config.js';
import type { Engine } from './engine.js';
import { isAtLeast } from './engine-version.js';

const image = {
  reference: 'app:1',
  id: 'sha256:1',
  entrypoint: ['/entry'],
  command: ['serve'],
  environment: {},
  volumes: [],
  user: '',
  hasHealthcheck: false,
};

function configOf(definition: Partial<ServiceDefinition> = {}, recipe: Partial<ContainerRecipe> = {}, api = '1.44') {
  const service = {
    name: 'app',
    definition: {
      ...{ name: 'app', environment: {}, labels: {}, mounts: [], networks: [], replicas: 1, container: {} },
      ...definition,
    },
    ports: [],
    readiness: [],
  } as unknown as PlannedService;
  const engine = {
    bindAddress: '127.0.0.1',
    speaks: (version: string) => isAtLeast(api, version),
  } as unknown as Engine;
  return containerConfig(
    {
      service,
      name: 'p-app-1',
      image,
      labels: { 'dev.portside.key': 'k' },
      environment: {},
      proxies: {},
      ports: [{ target: 80, protocol: 'tcp', policy: 'dynamic' }],
      takenPorts: new Set(),
      volumeName: (key) => key,
      networkMode: 'p_default',
      endpoints: {},
      containerOf: (reference) => `id-of-${reference}`,
      extraBinds: ['/x:/y'],
      ...recipe,
    },
    engine,
  );
}

describe('containerConfig', () => {
  it('lets variables and labels of portside win', () => {
    const config = configOf({ environment: { A: '1', B: '2' }, labels: { l: '1' } }, { environment: { B: '3' } });
    expect(config.Env).toEqual(['A=1', 'B=3']);
    expect(config.Labels).toEqual({ l: '1', 'dev.portside.key': 'k' });
    expect(config.HostConfig?.Binds).toEqual(['/x:/y']);
  });

  // "set and empty" of Compose is not "absent", which is what the engine takes empty for.
  it.each([
    [{}, undefined, undefined],
    [{ command: ['a'] }, undefined, ['a']],
    [{ command: [] }, ['/entry'], []],
    [{ entrypoint: [] }, [''], undefined],
    [{ entrypoint: ['sh'], command: ['-c', 'x'] }, ['sh'], ['-c', 'x']],
  ])('starts %j with the entry point %j and the command %j', (definition, entrypoint, command) => {
    expect(configOf(definition)).toMatchObject({ Image: 'app:1' });
    expect([configOf(definition).Entrypoint, configOf(definition).Cmd]).toEqual([entrypoint, command]);
  });

  it('has a hardware address, its own or that of its main network, up to API 1.43; from then on the network has it', () => {
    const networks = [
      { network: 'other', aliases: [], macAddress: '02:42:ac:11:00:03' },
      { network: 'main', aliases: [], macAddress: '02:42:ac:11:00:02', priority: 1 },
    ];
    const container = { macAddress: '02:42:ac:11:00:01' };
    const macOf = (definition: Partial<ServiceDefinition>, api: string) => configOf(definition, {}, api).MacAddress;
    expect(macOf({ container, networks }, '1.43')).toBe('02:42:ac:11:00:01');
    expect(macOf({ networks }, '1.43')).toBe('02:42:ac:11:00:02');
    expect(macOf({ container }, '1.43')).toBe('02:42:ac:11:00:01');
    expect(macOf({ container, networks, replicas: 2 }, '1.43')).toBeUndefined();
    expect(macOf({ container, networks }, '1.44')).toBeUndefined();
  });

  it('publishes no ports and has no name of its own in the network of another container', () => {
    const own = configOf({ container: { hostname: 'h' } });
    expect(own).toMatchObject({ Hostname: 'h', ExposedPorts: { '80/tcp': {} } });
    const shared = configOf({ container: { hostname: 'h' } }, { networkMode: 'container:abc' });
    expect([shared.Hostname, shared.ExposedPorts, shared.HostConfig?.PortBindings]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('resolves whose processes, memory and volumes are shared', () => {
    const container = { pid: 'service:db', ipc: 'host', volumesFrom: ['db', 'db:ro', 'container:old:rw'] };
    expect(configOf({ container }).HostConfig).toMatchObject({
      PidMode: 'container:id-of-service:db',
      IpcMode: 'host',
      VolumesFrom: ['id-of-service:db', 'id-of-service:db:ro', 'id-of-container:old:rw'],
    });
  });

  it('sets the hardware address itself where the engine does not take it with the network', () => {
    const container = { macAddress: '02:42:ac:11:65:43' };
    expect(configOf({ container }, {}, '1.43')).toMatchObject({ MacAddress: '02:42:ac:11:65:43' });
    expect((configOf({ container }) as { MacAddress?: string }).MacAddress).toBeUndefined();
  });

  it('gives whole seconds to stop in', () => {
    expect(configOf({ stopGracePeriodMs: 1200 }).StopTimeout).toBe(2);
    expect(configOf().StopTimeout).toBeUndefined();
  });
});
