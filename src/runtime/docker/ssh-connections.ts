import http from 'node:http';
import net from 'node:net';
import { userInfo } from 'node:os';
import type { Duplex } from 'node:stream';
import type { SshAddress } from './address.js';

/** What an `http.Agent` calls with a new connection, or with why there is none. */
type Done = (error: Error | null, connection?: Duplex) => void;

/** A connection to the engine, and the socket to the SSH server that carries it. */
interface Dialled {
  readonly connection: Duplex;
  readonly socket: net.Socket;
}

/**
 * The connection pool for an engine behind SSH. Each connection is a `docker system dial-stdio` on the engine's machine, as for
 * Docker's own client; one that is free carries the next request, because a new one costs a whole login.
 */
export class SshConnections extends http.Agent {
  readonly #address: SshAddress;
  readonly #sockets = new WeakMap<Duplex, net.Socket>();

  constructor(address: SshAddress) {
    super({ keepAlive: true });
    this.#address = address;
  }

  override createConnection(_options: unknown, done: Done): undefined {
    dial(this.#address).then(
      ({ connection, socket }) => {
        this.#sockets.set(connection, socket);
        done(null, connection);
      },
      (error: Error) => done(error),
    );
  }

  /** A free connection keeps no process alive. */
  override keepSocketAlive(connection: Duplex): boolean {
    this.#sockets.get(connection)?.unref();
    return true;
  }

  override reuseSocket(connection: Duplex, request: http.ClientRequest): void {
    request.reusedSocket = true;
    this.#sockets.get(connection)?.ref();
  }
}

async function dial({ host, port, user, sshAgent }: SshAddress): Promise<Dialled> {
  const { default: ssh } = await import('ssh2');
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, host);
    const client = new ssh.Client();
    // Also after the connection was made: it then ends, and says so itself.
    client.on('error', reject);
    client.on('close', () => reject(new Error('the SSH server has closed the connection')));
    client.on('ready', () => {
      client.exec('docker system dial-stdio', (error, connection) => {
        if (error !== undefined) {
          client.end();
          return reject(error);
        }
        connection.on('close', () => client.end());
        resolve({ connection, socket });
      });
    });
    const username = user ?? userInfo().username;
    client.connect({ sock: socket, username, ...(sshAgent === undefined ? {} : { agent: sshAgent }) });
  });
}
