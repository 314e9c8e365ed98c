import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** Stands between a client and the engine, and can cut the line. */
export interface EngineProxy {
  /** For `DOCKER_HOST`. */
  readonly url: string;
  /** Ends all connections and takes no more. */
  cut(): void;
  /** Takes connections again. */
  mend(): void;
  close(): void;
}

/** Certificate and key of both sides of a proxy that speaks TLS and asks its clients for their certificate. */
export interface ProxyTls {
  readonly cert: string;
  readonly key: string;
}

/** Forwards a loopback port to the engine's socket. */
export async function startEngineProxy(socketPath = '/var/run/docker.sock', tls?: ProxyTls): Promise<EngineProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const serve = (near: Socket): void => {
    if (isCut) {
      near.destroy();
      return;
    }
    const far = connect(socketPath);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  };
  const server =
    tls === undefined
      ? createServer(serve)
      : createTlsServer({ ...tls, ca: tls.cert, requestCert: true, rejectUnauthorized: true }, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    mend: () => {
      isCut = false;
    },
    close: () => {
      server.close();
      cut();
    },
  };
}
