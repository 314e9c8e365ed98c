import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

/** A request that this process has made over HTTP; times in milliseconds since 1970. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly from: number;
  readonly to: number;
  /** Absent: no answer came. */
  readonly status?: number;
}

/** Tells of every request that this process makes and that comes to an end; the function given back ends that. */
export function watchRequests(onRequest: (request: HttpRequest) => void): () => void {
  const began = new WeakMap<ClientRequest, number>();
  const end = (request: ClientRequest, status?: number): void => {
    const from = began.get(request);
    if (from === undefined) return;
    began.delete(request);
    const { method, path } = request;
    onRequest({ method, path, from, to: clock(), ...(status === undefined ? {} : { status }) });
  };
  const handlers: Record<string, (message: unknown) => void> = {
    'http.client.request.start': (message) => began.set((message as { request: ClientRequest }).request, clock()),
    'http.client.request.error': (message) => end((message as { request: ClientRequest }).request),
    'http.client.response.finish': (message) => {
      const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
      end(request, response.statusCode);
    },
  };
  for (const [channel, handler] of Object.entries(handlers)) subscribe(channel, handler);
  return () => {
    for (const [channel, handler] of Object.entries(handlers)) unsubscribe(channel, handler);
  };
}

/** Finer than the system's clock of whole milliseconds. */
function clock(): number {
  return performance.timeOrigin + performance.now();
}
