import { describe, expect, it } from 'vitest';
import {
  type Endpoint,
  endpointOfKind,
  type PlannedService,
  PortsideError,
  type ServiceDefinition,
} from '../../model/index.js';
import type { IsolationHost, Slice, StartedCopy } from '../isolator.js';
import { copyIsolator } from './copy-isolator.js';

const never = new AbortController().signal;

function planned(name: string, definition: Partial<ServiceDefinition> = {}): PlannedService {
  const none = { mounts: [], secrets: [], configs: [], networks: [], labels: {}, replicas: 1, container: {} };
  const base = { name, kind: 'http', environment: {}, dependsOn: [], aliases: [], ports: [], ...none } as const;
  const whole: ServiceDefinition = { ...base, ...definition };
  const ports = [{ target: 8080, protocol: 'tcp', policy: 'dynamic' }] as const;
  return { name, definition: whole, ports, dependsOn: whole.dependsOn, readiness: [], startOrder: 0 };
}

function endpoint(host: string): Endpoint {
  const ports = [{ target: 8080, protocol: 'tcp', host, port: 8080 }] as const;
  const base = { id: host, name: 'auth', host, port: 8080, ports, metadata: {}, status: 'healthy' } as const;
  return endpointOfKind('http', { ...base, registeredAt: 0, lastHeartbeat: 0 }, { protocol: 'http' });
}

const auth = planned('auth');
const leasedAuth = { service: 'auth', isolation: 'copy', inner: endpoint('auth-1') } as Slice;
type Started = Parameters<IsolationHost['startCopy']>;

/** A host that starts nothing: what a copy would be started with, and what was logged. */
function hostOf(service: PlannedService, startCopy?: IsolationHost['startCopy']) {
  const started: Started[] = [];
  const logged: string[] = [];
  const copy = { name: 'api-1', endpoint: endpoint('127.0.0.1'), inner: endpoint('api-1'), ended: never };
  const host: IsolationHost = {
    service,
    services: [auth, service],
    addressing: 'network',
    endpoint: () => endpoint('127.0.0.1'),
    inner: () => ({ auth: endpoint('auth'), api: endpoint('api') }),
    startCopy:
      startCopy ??
      (async (...args) => {
        started.push(args);
        return copy as StartedCopy;
      }),
    log: (level, message) => level === 'warn' && logged.push(message),
  };
  return { host, started, logged };
}

describe('copyIsolator', () => {
  it('starts the service under a name of its own, with its own name and those of leases in its configuration', async () => {
    const environment = { AUTH: 'http://auth:8080', SELF: 'http://api:8080', OTHER: 'http://mail:25' };
    const { host, started, logged } = hostOf(planned('api', { environment }));
    const isolator = copyIsolator(host);
    expect(isolator.needs).toEqual(['auth']);
    const slice = await isolator.create('abcdefghij', { auth: leasedAuth }, never);
    expect(slice).toMatchObject({ id: 'abcdefghij', service: 'api', isolation: 'copy', name: '127.0.0.1:8080' });
    const [copy] = started[0] ?? [];
    expect(copy).toMatchObject({ name: 'api-abcdefghij', copy: { of: 'api', lease: 'abcdefghij' } });
    expect(copy?.definition.environment).toEqual({
      AUTH: 'http://auth-1:8080',
      SELF: 'http://api-abcdefghij:8080',
      OTHER: 'http://mail:25',
    });
    // Names that stand in its program lead to the fork's containers too.
    expect(copy?.definition.container.links).toEqual(['auth-1:auth']);
    expect(logged).toEqual([]);
  });

  it('gives the endpoints of the leases to the function that computes the environment', async () => {
    const environmentFrom: ServiceDefinition['environmentFrom'] = ({ auth, api }) => ({
      A: auth?.url ?? '',
      B: api?.url ?? '',
    });
    const { host, started } = hostOf(planned('api', { environmentFrom }));
    await copyIsolator(host).create('abcdefghij', { auth: leasedAuth }, never);
    expect(started[0]?.[1]).toEqual({ A: 'http://auth-1:8080', B: 'http://api:8080' });
  });

  it('leaves the names of services alone that are not leased with it', async () => {
    const { host, started } = hostOf(planned('api', { environment: { AUTH: 'http://auth:8080' } }));
    await copyIsolator(host).create('abcdefghij', {}, never);
    expect(started[0]?.[0].definition.environment).toEqual({ AUTH: 'http://auth:8080' });
  });

  it('says once what a copy cannot be wired to', async () => {
    const dependsOn = [{ service: 'auth', condition: 'service_started', required: true }] as const;
    const environment = { AUTH_URL_FILE: '/run/secrets/auth' };
    const { host, logged } = hostOf(planned('api', { dependsOn, environment }));
    const isolator = copyIsolator(host);
    const shared = { ...leasedAuth, isolation: 'database', inner: endpoint('auth') } as Slice;
    await isolator.create('abcdefghij', { auth: shared }, never);
    await isolator.create('abcdefghik', { auth: shared }, never);
    expect(logged).toEqual([
      "No variable and no command of 'api' names 'auth': if it uses them, its copies use the shared ones.",
      "Copies of 'api' read files that a lease does not change: AUTH_URL_FILE.",
    ]);
  });

  it('fails with the reason and the output of the program', async () => {
    const { host } = hostOf(planned('api'), () => {
      throw new PortsideError('SERVICE_EXITED', "Cannot start 'api-1': it ended.", {
        hint: 'Look.',
        logs: ['no database'],
      });
    });
    await expect(copyIsolator(host).create('abcdefghij', {}, never)).rejects.toMatchObject({
      code: 'LEASE_FAILED',
      message: "Cannot lease 'api': Cannot start 'api-1': it ended.",
      service: 'api',
      logs: ['no database'],
    });
  });

  it('refuses a Testcontainers module', async () => {
    const isolator = copyIsolator(
      hostOf(planned('api', { foreign: () => Promise.reject(new Error('not started')) })).host,
    );
    await expect(isolator.create('abcdefghij', {}, never)).rejects.toMatchObject({ code: 'LEASE_UNSUPPORTED' });
  });
});
