import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { type ErrorJson, PortsideError } from '../model/index.js';
import { type RegistryAddress, registryUrl } from './address.js';

/** What is sent to a registry server. */
export interface RegistryRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** How many connections are kept open to one server. */
const maxSockets = 64;

/** Sends requests to one registry server over connections that stay open. */
export class RegistryTransport {
  readonly url: URL;
  readonly #authorization: string;
  readonly #makeAgent: (keepAlive: boolean) => HttpAgent | HttpsAgent;
  readonly #agent: HttpAgent | HttpsAgent;

  constructor({ url, token, ca }: RegistryAddress) {
    this.url = registryUrl(url);
    this.#authorization = `Bearer ${token}`;
    this.#makeAgent = (keepAlive) => {
      const options = { keepAlive, maxSockets, scheduling: 'fifo', ...(ca === undefined ? {} : { ca }) } as const;
      return this.url.protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
    };
    this.#agent = this.#makeAgent(true);
  }

  /** Sends one request and gives its JSON answer. Errors: the server's own, `REGISTRY_UNREACHABLE`, the signal's reason. */
  async call<Answer>(request: RegistryRequest): Promise<Answer> {
    const response = await this.open(request);
    const text = await readAll(response).catch((error: Error) => {
      throw request.signal?.aborted === true ? request.signal.reason : this.#unreachable(error);
    });
    if ((response.statusCode ?? 500) < 400) return JSON.parse(text) as Answer;
    throw answeredError(text) ?? this.refusal(response.statusCode ?? 500);
  }

  /** Sends one request and gives its answer unread. Errors: `REGISTRY_UNREACHABLE`, the signal's reason. */
  open({ method, path, body, headers = {}, signal }: RegistryRequest, own = false): Promise<IncomingMessage> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const send = this.url.protocol === 'https:' ? requestHttps : requestHttp;
      const outgoing = send({
        host: this.url.hostname.replace(/^\[|\]$/g, ''),
        port: this.url.port || (this.url.protocol === 'https:' ? 443 : 80),
        method,
        path,
        // A stream would hold one of the shared connections for good.
        agent: own ? this.#makeAgent(false) : this.#agent,
        ...(signal === undefined ? {} : { signal }),
        headers: {
          ...headers,
          authorization: this.#authorization,
          ...(payload === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
        },
      });
      outgoing.on('response', resolve);
      outgoing.on('error', (error) => reject(signal?.aborted === true ? signal.reason : this.#unreachable(error)));
      outgoing.end(payload);
    });
  }

  /** Makes the error of an answer that was not read. */
  refusal(status: number): PortsideError {
    const code = status === 401 ? 'REGISTRY_UNAUTHORIZED' : 'REGISTRY_UNREACHABLE';
    return new PortsideError(code, `Cannot use the registry at ${this.url.origin}: it answered HTTP ${status}.`, {
      hint: 'Check that the address is that of a portside registry, and the token.',
    });
  }

  /** Closes the connections that are open. */
  close(): void {
    this.#agent.destroy();
  }

  #unreachable(cause: Error): PortsideError {
    const reason = cause.message || (cause as NodeJS.ErrnoException).code;
    return new PortsideError('REGISTRY_UNREACHABLE', `Cannot reach the registry at ${this.url.origin}: ${reason}.`, {
      hint: 'Check that it runs (portside registry) and that the address is right.',
      cause,
    });
  }
}

function readAll(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString() ?? ''));
    response.on('error', reject);
  });
}

/** Gives the error that the server answered with; `undefined` when it is none of ours. */
function answeredError(text: string): PortsideError | undefined {
  try {
    const { error } = JSON.parse(text) as { error: Partial<ErrorJson> };
    return error.code === undefined ? undefined : PortsideError.fromJSON(error as ErrorJson);
  } catch {
    return undefined;
  }
}
