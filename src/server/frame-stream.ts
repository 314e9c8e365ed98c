import type { ServerResponse } from 'node:http';
import type { Environment } from '../environment/index.js';
import type { Frame, SessionAnswer } from '../model/index.js';

/**
 * Answers with server-sent events: the frames given first, a snapshot, then every change, until either side closes. Snapshot
 * and subscription are made in one step, so that no change falls between them. Gives what sends something more.
 */
export function streamFrames(
  environment: Environment,
  response: ServerResponse,
  first: readonly Frame[] = [],
): (frame: Frame | SessionAnswer) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const send = (frame: Frame | SessionAnswer): void => {
    response.write(`event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`);
  };
  for (const frame of first) send(frame);
  send(environment.snapshot());
  response.on('close', environment.subscribe(send));
  return send;
}
