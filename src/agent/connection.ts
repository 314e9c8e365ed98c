import { Agent, type ClientRequest, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { createInterface } from 'node:readline';
import { type ErrorJson, PortsideError } from '../model/index.js';

/**
 * Sends one request to the agent behind the socket and gives its JSON answer. Errors: the agent's own, as it sent them;
 * `ENVIRONMENT_STOPPED` when no agent answers there, here and in the other functions.
 */
export async function call<Answer>(
  socket: string,
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await send(socket, method, path, body, { agent: connections, ...(signal && { signal }) });
  return JSON.parse(await readAll(response, socket)) as Answer;
}

/** Gives each line of a newline-delimited JSON answer as it comes. */
export async function* lines<Line>(socket: string, path: string, signal?: AbortSignal): AsyncGenerator<Line> {
  const response = await send(socket, 'GET', path, undefined);
  const onAbort = (): void => void response.destroy();
  signal?.addEventListener('abort', onAbort);
  response.on('error', () => undefined);
  try {
    const reader = createInterface({ input: response });
    // A response that is cut off closes without an end, which the reader would wait for.
    response.on('close', () => reader.close());
    for await (const line of reader) yield JSON.parse(line) as Line;
  } finally {
    signal?.removeEventListener('abort', onAbort);
    response.destroy();
  }
}

/** Short requests share connections, which do not keep the process alive. */
const connections = new Agent({ keepAlive: true });

function send(
  socketPath: string,
  method: string,
  path: string,
  body: unknown,
  options: RequestOptions = { agent: false },
): Promise<IncomingMessage> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const type =
    payload === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
  const outgoing = request({ socketPath, method, path, ...options, headers: { host: 'portside', ...type } });
  const answer = answerTo(outgoing, socketPath);
  outgoing.end(payload);
  return answer;
}

/** Gives the agent's answer to a request. Errors: as `call`. */
export async function answerTo(outgoing: ClientRequest, socket: string): Promise<IncomingMessage> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve);
    outgoing.on('error', (error) => reject(absent(socket, error)));
  });
  if ((response.statusCode ?? 500) >= 400) throw answeredError(await readAll(response, socket));
  return response;
}

function readAll(response: IncomingMessage, socket: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
    });
    response.on('end', () => resolve(text));
    response.on('error', (error) => reject(absent(socket, error)));
  });
}

/** Tells that nobody is behind the socket, or no longer; errors of another kind stay what they are. */
export function absent(socket: string, error: NodeJS.ErrnoException): Error {
  if (!['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes(error.code ?? '')) return error;
  return new PortsideError('ENVIRONMENT_STOPPED', `Cannot reach the environment: no agent answers at ${socket}.`, {
    hint: "Somebody ran 'portside down', or the agent was ended. Run the tests again.",
    cause: error,
  });
}

function answeredError(text: string): PortsideError {
  let error: Partial<ErrorJson> | undefined;
  try {
    error = (JSON.parse(text) as { error?: Partial<ErrorJson> }).error;
  } catch {}
  if (error?.code !== undefined) return PortsideError.fromJSON(error as ErrorJson);
  return new PortsideError('AGENT_FAILED', `Cannot read the agent's answer: ${text.slice(0, 200)}`);
}
