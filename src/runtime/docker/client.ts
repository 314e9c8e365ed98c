import './defer-parts.js';
import type http from 'node:http';
import { userInfo } from 'node:os';
import Docker from 'dockerode';
import type { EngineAddress } from './address.js';
import { agentFor } from './transport.js';

/** A client of one engine and the connections that it keeps open. */
export interface EngineClient {
  readonly client: Docker;
  close(): void;
}

/** Makes the client for an address. `apiVersion` such as `1.44` fixes the shape of requests and answers; absent: the engine's newest. */
export function connectClient(address: EngineAddress, apiVersion?: string): EngineClient {
  const agent: http.Agent | undefined = agentFor(address);
  const client = new Docker({
    ...target(address),
    ...(agent === undefined ? {} : { agent }),
    ...(apiVersion === undefined ? {} : { version: `v${apiVersion}` }),
  });
  return { client, close: () => agent?.destroy() };
}

// The client library mixes DOCKER_HOST of this process into whatever is left out, so everything is given, also as `undefined`.
function target(address: EngineAddress): Docker.DockerOptions {
  switch (address.transport) {
    case 'socket':
      return { socketPath: address.path, host: undefined, port: undefined, protocol: 'http' };
    case 'tcp':
      return {
        socketPath: undefined,
        host: address.host.includes(':') ? `[${address.host}]` : address.host,
        port: address.port,
        protocol: address.tls === undefined ? 'http' : 'https',
      };
    case 'ssh':
      return {
        socketPath: undefined,
        host: address.host,
        port: address.port,
        protocol: 'ssh',
        username: address.user ?? userInfo().username,
        sshOptions: address.sshAgent === undefined ? {} : { agent: address.sshAgent },
      };
  }
}
