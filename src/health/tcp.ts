import { connectSocket } from './connect.js';
import { reasonOf } from './reason.js';
import { notReady, type ProbeResult, ready } from './target.js';

/** Finds a TCP port ready when it accepts a connection. */
export async function probeTcp(host: string, port: number, signal: AbortSignal): Promise<ProbeResult> {
  try {
    (await connectSocket({ host, port }, signal)).destroy();
    return ready;
  } catch (error) {
    signal.throwIfAborted();
    return notReady(reasonOf(error));
  }
}
