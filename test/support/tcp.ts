import { connect } from 'node:net';
import { eventually } from './docker-runtime.js';

/** Connects, again while nobody answers there, and gives everything that is sent until the other side closes. */
export function readAll(host: string, port: number): Promise<string> {
  return eventually(
    () =>
      new Promise<string | undefined>((resolve) => {
        let text = '';
        const socket = connect(port, host);
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.on('error', () => resolve(undefined));
        // The engine's forwarder accepts before the program inside listens, and closes without a word.
        socket.on('close', () => resolve(text === '' ? undefined : text));
      }),
  );
}
