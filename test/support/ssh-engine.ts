import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Server } from 'ssh2';

/** An SSH server on loopback through which the engine of this machine is reached. */
export interface SshEngine {
  /** For `DOCKER_HOST`. */
  readonly url: string;
  /** How many connections were made so far. */
  readonly connections: () => number;
  close(): Promise<void>;
}

/** Does what `docker system dial-stdio` does on a machine with an engine, for whoever logs in as `tester`, without a key. */
export async function startSshEngine(socketPath = '/var/run/docker.sock'): Promise<SshEngine> {
  let connections = 0;
  const server = new Server({ hostKeys: [hostKey()] }, (client) => {
    connections += 1;
    client.on('error', () => undefined);
    client.on('authentication', (login) => (login.username === 'tester' ? login.accept() : login.reject()));
    client.on('session', (accept) =>
      accept().on('exec', (acceptExec, reject, { command }) => {
        if (command !== 'docker system dial-stdio') return reject();
        const near = acceptExec();
        const far = connect(socketPath);
        for (const stream of [near, far]) stream.on('error', () => undefined);
        far.on('close', () => near.close());
        near.on('close', () => far.destroy());
        near.pipe(far).pipe(near);
      }),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ssh://tester@127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => connections,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A new key. Of those that `ssh2` makes itself, one in 200 is none that it can read. */
function hostKey(): string {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}
