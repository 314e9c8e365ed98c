import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { createInterface } from 'node:readline';
import { createParser } from 'eventsource-parser';
import { type ErrorJson, type Frame, PortsideError } from '../model/index.js';

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
  const text = await readAll(response, socket);
  if ((response.statusCode ?? 500) >= 400) throw answeredError(text);
  return JSON.parse(text) as Answer;
}

/** A stream of frames that stays open until one side ends it. */
export interface FrameStream {
  /** Ends the stream from this side. */
  close(): void;
  /** Lets the process end although the stream is open. */
  unref(): void;
}

/** What happens on a frame stream; `onEnd` comes once, whoever ended it. */
export interface FrameListener {
  onFrame(frame: Frame): void;
  onEnd(): void;
}

/** Opens a stream of frames. Rejects when the agent cannot be reached or refuses. */
export async function openStream(
  socket: string,
  method: string,
  path: string,
  body: unknown,
  listener: FrameListener,
): Promise<FrameStream> {
  const response = await send(socket, method, path, body);
  if ((response.statusCode ?? 500) >= 400) throw answeredError(await readAll(response, socket));
  const parser = createParser({ onEvent: ({ data }) => listener.onFrame(JSON.parse(data) as Frame) });
  response.setEncoding('utf8');
  response.on('data', (text: string) => parser.feed(text));
  response.on('error', () => undefined);
  response.on('close', () => listener.onEnd());
  return { close: () => response.destroy(), unref: () => response.socket.unref() };
}

/** Gives each line of a newline-delimited JSON answer as it comes. */
export async function* lines<Line>(socket: string, path: string, signal?: AbortSignal): AsyncGenerator<Line> {
  const response = await send(socket, 'GET', path, undefined);
  if ((response.statusCode ?? 500) >= 400) throw answeredError(await readAll(response, socket));
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
  return new Promise((resolve, reject) => {
    const outgoing = request({
      socketPath,
      method,
      path,
      ...options,
      headers: {
        host: 'portside',
        ...(payload === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      },
    });
    outgoing.on('response', resolve);
    outgoing.on('error', (error) => reject(absent(socketPath, error)));
    outgoing.end(payload);
  });
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

/** Tells that nobody is behind the socket, or no longer; other errors stay what they are. */
function absent(socket: string, error: NodeJS.ErrnoException): Error {
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
