import { call } from './connection.js';

/** Tells whether an agent answers on the socket that is not on its way out. */
export function isServed(socket: string): Promise<boolean> {
  return call<{ state: string }>(socket, 'GET', '/healthz').then(
    ({ state }) => state === 'starting' || state === 'ready',
    () => false,
  );
}
