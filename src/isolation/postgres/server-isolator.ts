import type { PostgresEndpoint } from '../../model/index.js';
import type { IsolationHost, Isolator, Slice, StartedCopy } from '../isolator.js';
import type { PostgresIsolatorOptions } from './isolator.js';
import { leaseName } from './names.js';
import { OwnServer } from './own-server.js';
import { PostgresServer } from './server.js';
import { ServerSlice } from './server-slice.js';
import { type Prepared, prepareTemplate } from './template.js';
import { bringState } from './transfer.js';

/**
 * Makes an isolator that gives each lease a whole server, on which the suite is the superuser, with the service's own database as it
 * stood at `prepare`. Errors of its methods: `LEASE_FAILED`, `LEASE_UNSUPPORTED`, and those of a start.
 */
export function postgresServerIsolator(host: IsolationHost, { content }: PostgresIsolatorOptions = {}): Isolator {
  const source = new PostgresServer(host);
  const attempt = `lease service '${source.service}'`;
  let prepared: Prepared | undefined;
  const prepare = async (): Promise<Prepared> => {
    prepared = await prepareTemplate(source, content, prepared !== undefined);
    return prepared;
  };
  const create = async (id: string, signal: AbortSignal): Promise<Slice> => {
    const { marker } = prepared ?? (await prepare());
    const { service } = host;
    const planned = { ...service, name: `${service.name}-${id}`, copy: { of: service.name, lease: id } };
    const copy = await host.startCopy(planned, {}, signal);
    const own = new OwnServer(copy, new PostgresServer(asHost(host, copy)), marker.settings);
    const slice = new ServerSlice(id, own);
    try {
      await bringState(source, own, `${leaseName(id)}_copy`, attempt, signal);
      signal.throwIfAborted();
      await own.keep(attempt, 'initial');
      await own.takeInventory(attempt);
      return slice;
    } catch (error) {
      await slice.remove();
      throw error;
    }
  };
  return {
    isolation: 'server',
    creators: 1,
    prepare: async (signal) => {
      signal.throwIfAborted();
      await prepare();
    },
    create: (id, _needs, signal) => create(id, signal),
    close: async () => source.close(),
  };
}

/** The copy in the place of the service. */
function asHost(host: IsolationHost, copy: StartedCopy): IsolationHost {
  return {
    ...host,
    endpoint: () => copy.endpoint as PostgresEndpoint,
    inner: () => ({ ...host.inner(), [host.service.name]: copy.inner }),
  };
}
