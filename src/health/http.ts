import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connectSocket } from './connect.js';
import { reasonOf } from './reason.js';
import { secure } from './secure.js';
import { notReady, type ProbeResult, ready } from './target.js';

/** What an HTTP probe asks for; ready at any final status up to `maxStatus`. */
export interface HttpCheck {
  readonly path: string;
  readonly maxStatus: number;
  /** Speaks TLS; the certificate is not checked, as a test service signs its own. */
  readonly tls?: boolean;
}

/** Finds an HTTP service ready when it answers a GET with a low enough status. Redirects are not followed. */
export async function probeHttp(
  host: string,
  port: number,
  check: HttpCheck,
  signal: AbortSignal,
): Promise<ProbeResult> {
  let socket: Socket | undefined;
  try {
    socket = await connectSocket({ host, port }, signal);
    if (check.tls === true) socket = await secure(socket, signal);
    const status = await statusOf(socket, host, port, check.path, signal);
    return status <= check.maxStatus ? ready : notReady(`HTTP ${status}`);
  } catch (error) {
    signal.throwIfAborted();
    return notReady(reasonOf(error));
  } finally {
    socket?.destroy();
  }
}

function statusOf(socket: Socket, host: string, port: number, path: string, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { accept: '*/*', connection: 'close', 'user-agent': 'portside' };
    request({ host, port, path, headers, signal, createConnection: () => socket })
      .on('error', reject)
      .once('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
      .end();
  });
}
