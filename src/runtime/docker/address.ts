/** Where a Docker engine may be reached. */
export type EngineAddress = SocketAddress | TcpAddress | SshAddress;

interface AddressBase {
  /** The address as people write it, for example `unix:///var/run/docker.sock`. */
  readonly url: string;
  /** Where the address was found, for messages: `DOCKER_HOST`, `the Docker context 'dev'`. */
  readonly origin: string;
  /** True when somebody named this address: when it does not answer, no other one is tried. */
  readonly explicit: boolean;
}

/** A Unix socket or a Windows named pipe. */
export interface SocketAddress extends AddressBase {
  readonly transport: 'socket';
  readonly path: string;
}

export interface TcpAddress extends AddressBase {
  readonly transport: 'tcp';
  readonly host: string;
  readonly port: number;
  /** Folder of `ca.pem`, `cert.pem` and `key.pem`, and whether the engine's certificate is checked; absent: plain HTTP. */
  readonly tls?: { readonly folder: string; readonly verify: boolean };
}

export interface SshAddress extends AddressBase {
  readonly transport: 'ssh';
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  /** Socket of the SSH agent that holds the keys. */
  readonly sshAgent?: string;
}

/** What is known about an address besides its URL. */
export interface AddressSource {
  readonly origin: string;
  readonly explicit: boolean;
  readonly tls?: { readonly folder: string; readonly verify: boolean };
  readonly sshAgent?: string;
}

/** Reads an engine address such as `unix:///var/run/docker.sock`, `tcp://host:2375`, `npipe://...` or `ssh://user@host`; `undefined`: none. */
export function parseAddress(url: string, source: AddressSource): EngineAddress | undefined {
  const { origin, explicit, tls, sshAgent } = source;
  const base = { url, origin, explicit };
  const socket = /^(?:unix|npipe):\/\/(.+)$/.exec(url);
  if (socket?.[1] !== undefined) return { ...base, transport: 'socket', path: socket[1] };
  const parsed = parseUrl(/^[a-z]+:\/\//.test(url) ? url : `tcp://${url}`);
  if (parsed === undefined || parsed.hostname === '') return undefined;
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  switch (parsed.protocol) {
    case 'ssh:': {
      const user = parsed.username === '' ? {} : { user: decodeURIComponent(parsed.username) };
      const agent = sshAgent === undefined ? {} : { sshAgent };
      return { ...base, transport: 'ssh', host, port: Number(parsed.port || 22), ...user, ...agent };
    }
    case 'tcp:':
    case 'http:':
    case 'https:':
      return {
        ...base,
        transport: 'tcp',
        host,
        port: Number(parsed.port || (tls === undefined ? 2375 : 2376)),
        ...(tls === undefined ? {} : { tls }),
      };
    default:
      return undefined;
  }
}

/** Tells whether containers of the engine publish their ports on this machine. */
export function isLocal(address: EngineAddress): boolean {
  return address.transport === 'socket' || /^(localhost|127\..*|::1)$/.test(address.host);
}

// A scheme that `URL` does not know keeps host and port apart only when it is treated like HTTP.
function parseUrl(url: string): URL | undefined {
  try {
    const parsed = new URL(url);
    return parsed.hostname === '' ? new URL(url.replace(/^[a-z]+:/, 'http:')) : parsed;
  } catch {
    return undefined;
  }
}
