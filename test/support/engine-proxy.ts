import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** Stands between a client and the engine, can cut the line, and can hold events back. */
export interface EngineProxy {
  /** For `DOCKER_HOST`. */
  readonly url: string;
  /** Ends all connections and takes no more. */
  cut(): void;
  /** Takes connections again. */
  mend(): void;
  /** Keeps what the streams of events bring, until they are released. */
  holdEvents(): void;
  releaseEvents(): void;
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
  const events = new Map<Socket, Socket>();
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
        events.delete(far);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (request) => {
      if (/^GET \S*\/events\b/.test(String(request))) events.set(far, near);
    });
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
    holdEvents: () => {
      for (const [far, near] of events) far.unpipe(near);
    },
    releaseEvents: () => {
      for (const [far, near] of events) far.pipe(near);
    },
    close: () => {
      server.close();
      cut();
    },
  };
}
