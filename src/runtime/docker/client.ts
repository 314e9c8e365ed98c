import './defer-parts.js';
import type http from 'node:http';
import Docker from 'dockerode';
import type { EngineAddress, SshAddress, TcpAddress } from './address.js';
import { agentFor } from './transport.js';

/** A client of one engine and the connections that it keeps open. */
export interface EngineClient {
  readonly client: Docker;
  close(): void;
}

/** Makes the client for an address. `apiVersion` such as `1.44` fixes the shape of requests and answers; absent: the engine's newest. */
export function connectClient(address: EngineAddress, apiVersion?: string): EngineClient {
  const agent: http.Agent = agentFor(address);
  const client = new Docker({
    ...target(address),
    ...{ agent },
    ...(apiVersion === undefined ? {} : { version: `v${apiVersion}` }),
  });
  return { client, close: () => agent.destroy() };
}

// The client library mixes DOCKER_HOST of this process into whatever is left out, so everything is given, also as `undefined`.
function target(address: EngineAddress): Docker.DockerOptions {
  switch (address.transport) {
    case 'socket':
      return { socketPath: address.path, host: undefined, port: undefined, protocol: 'http' };
    case 'tcp':
      return overHttp(address, address.tls === undefined ? 'http' : 'https');
    // The pool speaks SSH; what the client library would do for such an address makes a login for each request and an URL that is none.
    case 'ssh':
      return overHttp(address, 'http');
  }
}

function overHttp({ host, port }: TcpAddress | SshAddress, protocol: 'http' | 'https'): Docker.DockerOptions {
  return { socketPath: undefined, host: host.includes(':') ? `[${host}]` : host, port, protocol };
}
