import type { Endpoint, EndpointBase, EndpointKind } from './endpoint.js';
import type { KindDefinition } from './kind-definition.js';
import type { Credentials } from './service.js';

/** What an endpoint of any kind is made from; kind, URL and protocol come from its kind. */
export type EndpointParts = Omit<EndpointBase, 'url' | 'protocol' | 'healthUrl'>;

/** Makes the endpoint of a kind: URL and login follow from the address and the credentials. `healthPath`: of an HTTP service. */
export function endpointOfKind(
  kind: EndpointKind,
  base: EndpointParts,
  {
    credentials = {},
    protocol,
    healthPath,
    urlOf,
  }: {
    readonly credentials?: Credentials;
    readonly protocol: string;
    readonly healthPath?: string;
    readonly urlOf?: KindDefinition['url'];
  },
): Endpoint {
  const address = addressOf(base);
  const { user, password, database } = credentials;
  switch (kind) {
    case 'postgres': {
      const name = user ?? 'postgres';
      const login = password ? `${encodeURIComponent(name)}:${encodeURIComponent(password)}` : encodeURIComponent(name);
      const db = database ?? name;
      const url = `postgresql://${login}@${address}/${encodeURIComponent(db)}`;
      return { ...base, kind, protocol: 'postgresql', url, user: name, password: password ?? '', database: db };
    }
    case 'redis': {
      const login = password === undefined ? '' : `${encodeURIComponent(user ?? '')}:${encodeURIComponent(password)}@`;
      const db = Number(database ?? 0);
      return {
        ...base,
        kind,
        protocol: 'redis',
        url: `redis://${login}${address}/${db}`,
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { password }),
        database: db,
      };
    }
    case 'http': {
      const baseUrl = `${protocol === 'https' ? 'https' : 'http'}://${address}`;
      return {
        ...base,
        kind,
        protocol: protocol === 'https' ? 'https' : 'http',
        url: baseUrl,
        baseUrl,
        ...(healthPath === undefined ? {} : { healthUrl: `${baseUrl}${healthPath}` }),
      };
    }
    case 'tcp': {
      const login = {
        ...(user === undefined ? {} : { user }),
        ...(password === undefined ? {} : { password }),
        ...(database === undefined ? {} : { database }),
      };
      const url = urlOf?.({ ...login, host: base.host, port: base.port }) ?? `${protocol}://${address}`;
      return { ...base, kind, protocol, url, ...login };
    }
  }
}

/** Writes host and port as one address; IPv6 in brackets. */
export function addressOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
