import { PortsideError } from '../../model/index.js';

/** How the etcd servers are reached. */
export interface EtcdGatewayOptions {
  /** Base URLs of the members, without user and password; the next one is asked when one does not answer. Default `['http://127.0.0.1:2379']`. */
  readonly endpoints?: readonly string[];
  readonly user?: string;
  readonly password?: string;
  /** How long one request may take, in milliseconds. Default 2000. */
  readonly requestTimeoutMs?: number;
}

/** Calls etcd's JSON gateway (etcd 3.4 and later): every request is a POST, keys and values are base64, 64-bit numbers are texts. */
export class EtcdGateway {
  readonly #options: EtcdGatewayOptions;
  readonly #endpoints: readonly string[];
  readonly #timeoutMs: number;
  #current = 0;
  #token: string | undefined;

  constructor(options: EtcdGatewayOptions) {
    this.#options = options;
    this.#endpoints = (options.endpoints ?? ['http://127.0.0.1:2379']).map((url) => url.replace(/\/+$/, ''));
    this.#timeoutMs = options.requestTimeoutMs ?? 2000;
    if (
      this.#endpoints.length === 0 ||
      !this.#endpoints.every((url) => /^https?:\/\//.test(url) && URL.canParse(url) && !url.includes('@'))
    ) {
      const shown = JSON.stringify(options.endpoints?.map(withoutUser));
      throw new PortsideError(
        'CONFIG_INVALID',
        `Cannot use etcd: its endpoints must be http or https URLs without user and password. Current value is ${shown}.`,
        {
          hint: 'Write them like http://127.0.0.1:2379; user and password go into PORTSIDE_ETCD_USER and PORTSIDE_ETCD_PASSWORD.',
        },
      );
    }
  }

  /** Sends one request and gives its answer. Errors: `REGISTRY_UNREACHABLE` when no member gives one. */
  async call<Answer>(path: string, body: object): Promise<Answer> {
    const reasons: string[] = [];
    for (let attempt = 0; attempt < this.#endpoints.length; attempt++) {
      const endpoint = this.#endpoints[this.#current] ?? '';
      try {
        const response = await this.#post(endpoint, path, body, AbortSignal.timeout(this.#timeoutMs));
        return (await response.json()) as Answer;
      } catch (error) {
        reasons.push(`${endpoint}: ${reasonOf(error)}`);
        this.#current = (this.#current + 1) % this.#endpoints.length;
      }
    }
    throw new PortsideError('REGISTRY_UNREACHABLE', `Cannot reach etcd: ${reasons.join('; ')}.`, {
      hint: 'Check that etcd runs and its addresses are right; portside tries again by itself.',
    });
  }

  /** Opens a stream and gives each message of it, until the signal aborts or the stream breaks, which throws. */
  async *stream<Message>(path: string, body: object, signal: AbortSignal): AsyncGenerator<Message> {
    const response = await this.#post(this.#endpoints[this.#current] ?? '', path, body, signal);
    if (response.body === null) throw new Error('the answer has no body');
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.trim() === '') continue;
        const { result, error } = JSON.parse(line) as { result?: Message; error?: { message?: string } };
        if (result === undefined) throw new Error(error?.message ?? line);
        yield result;
      }
    }
    throw new Error('the stream ended');
  }

  async #post(endpoint: string, path: string, body: object, signal: AbortSignal): Promise<Response> {
    let response = await this.#send(endpoint, path, body, signal);
    if (response.status === 401 && this.#token !== undefined) {
      // The token was too old.
      this.#token = undefined;
      await response.body?.cancel();
      response = await this.#send(endpoint, path, body, signal);
    }
    if (response.ok) return response;
    throw new Error(`HTTP ${response.status} ${(await response.text()).slice(0, 300)}`);
  }

  async #send(endpoint: string, path: string, body: object, signal: AbortSignal): Promise<Response> {
    if (this.#options.user !== undefined) this.#token ??= await this.#logIn(endpoint, this.#options.user, signal);
    return fetch(`${endpoint}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: this.#token === undefined ? {} : { authorization: this.#token },
      signal,
    });
  }

  async #logIn(endpoint: string, user: string, signal: AbortSignal): Promise<string> {
    const body = JSON.stringify({ name: user, password: this.#options.password ?? '' });
    const response = await fetch(`${endpoint}/v3/auth/authenticate`, { method: 'POST', body, signal });
    if (!response.ok) throw new Error(`HTTP ${response.status} at the log-in of '${user}'`);
    return ((await response.json()) as { token: string }).token;
  }
}

/** Gives an address as it may be shown: user and password are hidden, also where it is none that can be read. */
function withoutUser(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, '$1[hidden]@');
}

/** Says in a few words why a request failed; `fetch` hides the reason in the cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error as { cause?: { message?: string; code?: string } };
  return cause?.message || cause?.code || error.message;
}
