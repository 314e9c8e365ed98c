import type { IsolationHost, Isolator, Slice } from '../../isolation/index.js';
import {
  type Credentials,
  type Endpoint,
  endpointOfKind,
  type Isolation,
  type KindDefinition,
  type KindSlice,
  PortsideError,
} from '../../model/index.js';
import { urlOfKind } from '../kind-url.js';

/**
 * Makes the isolator of a service whose kind `defineKind` has made, in the terms of the environment; `undefined` when the kind does
 * not know that isolation.
 */
export function kindIsolator(kind: KindDefinition, isolation: Isolation, host: IsolationHost): Isolator | undefined {
  if (kind.isolate === undefined || isolation !== (kind.isolation ?? 'database')) return undefined;
  const service = host.service.name;
  const inner = kind.isolate({
    service,
    address: () => {
      const { host: address, port } = host.endpoint();
      return { ...host.service.definition.credentials, host: address, port };
    },
    log: host.log,
  });
  const attempt = <Value>(what: string, work: Promise<Value>): Promise<Value> =>
    work.catch((error: unknown) => {
      throw PortsideError.is(error) ? error : failed(service, what, error);
    });
  const sliceOf = (id: string, slice: KindSlice): Slice => {
    const { snapshot, restore } = slice;
    const endpoint = withLogin(host.endpoint(), kind, slice.credentials);
    return {
      id,
      service,
      isolation,
      name: slice.name,
      endpoint,
      inner: withLogin(host.inner()[service] ?? endpoint, kind, slice.credentials),
      reset: (signal) => attempt(`reset the lease of '${service}'`, slice.reset(signal)),
      ...(snapshot && {
        snapshot: (name, signal) =>
          attempt(`keep the state of the lease of '${service}'`, snapshot.call(slice, name, signal)),
      }),
      ...(restore && {
        restore: (name, signal) => attempt(`restore the lease of '${service}'`, restore.call(slice, name, signal)),
      }),
      remove: () => attempt(`remove the lease of '${service}'`, slice.remove()),
    };
  };
  const lease = `lease service '${service}'`;
  return {
    isolation,
    ...(inner.capacity === undefined ? {} : { capacity: inner.capacity }),
    creators: inner.creators ?? 1,
    prepare: (signal) => attempt(lease, inner.prepare(signal)),
    create: async (id, _needs, signal) => sliceOf(id, await attempt(lease, inner.create(id, signal))),
    close: () => inner.close(),
  };
}

/** Gives the endpoint with another login. */
function withLogin(endpoint: Endpoint, kind: KindDefinition, credentials: Credentials): Endpoint {
  const { id, name, host, port, version, metadata, status, registeredAt, lastHeartbeat, ports, protocol } = endpoint;
  const base = { id, name, host, port, metadata, status, registeredAt, lastHeartbeat, ports };
  const parts = { ...base, ...(version === undefined ? {} : { version }) };
  return endpointOfKind('tcp', parts, { credentials, protocol, urlOf: (address) => urlOfKind(kind, address) });
}

function failed(service: string, what: string, error: unknown): PortsideError {
  const message = error instanceof Error ? error.message : String(error);
  return new PortsideError('LEASE_FAILED', `Cannot ${what}: ${message.replace(/\.$/, '')}.`, {
    service,
    hint: `Look at the output of the service: portside logs ${service}`,
    cause: error,
  });
}
