import type { Socket } from 'node:net';

/**
 * Begins TLS on a connection. The certificate is not checked, as a test service signs its own. `protocols`: what is offered
 * for the time after the handshake. Rejects with the system's error, or with the signal's reason on abort.
 */
export async function secure(socket: Socket, signal: AbortSignal, protocols?: readonly string[]): Promise<Socket> {
  const { connect } = await import('node:tls');
  return new Promise((resolve, reject) => {
    const onAbort = () => secured.destroy(signal.reason);
    const offered = protocols === undefined ? {} : { ALPNProtocols: [...protocols] };
    const secured = connect({ socket, rejectUnauthorized: false, ...offered }, () => {
      signal.removeEventListener('abort', onAbort);
      secured.off('error', reject);
      resolve(secured);
    });
    secured.once('error', reject);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
