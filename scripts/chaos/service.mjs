import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Announcer, Listener } from '../../dist/broadcast/index.js';
import { createPortAllocator } from '../../dist/entries/ports.js';
import { RegistryClient } from '../../dist/entries/registry.js';
import { startClock } from './clock.mjs';

/** A service: it answers with its id, registers, announces itself, and looks for another port when its own is taken. */
export async function start({ id, name, registry, channel, secret, preferred }) {
  const now = startClock();
  const server = createServer((_, response) => response.end(id));
  const allocator = createPortAllocator({ allow_ephemeral: true });
  let port;
  do {
    port = await allocator.allocatePort(id, preferred);
  } while (!(await listens(server, port)) && (await allocator.releasePort(port)) === undefined);

  const client = new RegistryClient(registry);
  const registration = { name, host: '127.0.0.1', port, protocol: 'http', ttlMs: 2000 };
  const keep = async () => {
    for (;;) {
      try {
        return await client.keep(id, registration, { intervalMs: 500 });
      } catch {
        await sleep(200);
      }
    }
  };
  void keep();

  const options = { secret, now, channels: [channel] };
  const announcer = new Announcer({ ...options, ttlSeconds: 2, intervalMs: 500 });
  const listener = new Listener(options);
  listener.onQuestion((asked) => announcer.answer(asked));
  await listener.start();
  await announcer.announce('register', { id, name, host: '127.0.0.1', port, protocol: 'http' }).catch(() => undefined);
  process.stdout.write('ready\n');
}

function listens(server, port) {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}
