import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { connectClient } from './client.js';

const loaded = (name: string) =>
  Object.keys(createRequire(import.meta.url).cache).some((path) => path.includes(`/node_modules/${name}/`));

// One test, because what is loaded stays loaded.
it('loads what ssh addresses and build sessions need only when they are used', async () => {
  expect({ modem: loaded('docker-modem'), ssh: loaded('ssh2'), grpc: loaded('@grpc/grpc-js') }).toEqual({
    modem: true,
    ssh: false,
    grpc: false,
  });

  const refusing = createServer((socket) => socket.end('220 this is no SSH server\r\n'));
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve));
  const { port } = refusing.address() as { port: number };
  const base = { url: '', origin: '', explicit: true } as const;
  const ssh = connectClient({ ...base, transport: 'ssh', host: '127.0.0.1', port, user: 'nobody' });
  await expect(ssh.client.ping()).rejects.toThrow(/handshake|SSH|identification|connection/i);
  ssh.close();
  refusing.close();
  expect(loaded('ssh2')).toBe(true);

  const deaf = connectClient({ ...base, transport: 'tcp', host: '127.0.0.1', port });
  const build = deaf.client.buildImage('package.json', { version: '2' });
  await expect(build).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  deaf.close();
  expect(loaded('@grpc/grpc-js')).toBe(true);
});
