import type { ServerResponse } from 'node:http';
import type { RegistryFrame, ServiceRegistry } from '../registry/index.js';

/** Pause between signs of life on a stream where nothing happens, in milliseconds. */
const signMs = 5000;

/** A reader that is so far behind, in bytes besides its snapshot, is cut off: it comes again and gets a snapshot. */
const maxBacklog = 8_388_608;

/** Answers with server-sent events: a snapshot of the registry, then every change, until either side closes. */
export function streamRegistry(registry: ServiceRegistry, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  let limit = Number.POSITIVE_INFINITY;
  const write = (text: string, onSent?: () => void): void => {
    if (response.writableLength > limit) response.destroy();
    else response.write(text, onSent);
  };
  const send = (frame: RegistryFrame, onSent?: () => void): void =>
    write(`event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`, onSent);
  send({ type: 'snapshot', registry: registry.snapshot() }, () => {
    limit = maxBacklog;
  });
  limit = response.writableLength + maxBacklog;
  const unsubscribe = registry.subscribe((event) => send({ type: 'event', event }));
  const signs = setInterval(() => write(': here\n\n'), signMs).unref();
  response.on('close', () => {
    clearInterval(signs);
    unsubscribe();
  });
}
