import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/** Starts a proxy to a port; `delay(ms)` makes everything that passes it so much late. */
export async function startDelayingProxy(target) {
  let delayMs = 0;
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      from.on('data', (chunk) => {
        if (delayMs === 0) to.write(chunk);
        else setTimeout(() => to.write(chunk), delayMs);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    delay: (ms) => {
      delayMs = ms;
    },
  };
}
