import { PortsideError } from '../model/index.js';

/** How a registry server is reached. */
export interface RegistryAddress {
  /** `http://127.0.0.1:7000`; `https://` for one with TLS, `tcp://` is read as `http://`. */
  readonly url: string;
  /** The server's bearer token. */
  readonly token: string;
  /** Certificates in PEM form that the server's is signed with. Default: those of the system. */
  readonly ca?: string;
}

/** Reads the address of a registry server. Throws `USAGE` when it is none. */
export function registryUrl(url: string): URL {
  const text = url.replace(/^tcp:/, 'http:');
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return new URL(text);
  throw new PortsideError('USAGE', `Cannot use the registry: its address must be a URL. Current value is '${url}'.`, {
    hint: 'Write it like http://127.0.0.1:7000.',
  });
}
