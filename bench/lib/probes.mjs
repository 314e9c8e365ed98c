import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Resolves when a service of the demo stack (`postgres`, `redis` or `api`) answers on this port of this machine; asks every 5 ms. */
export async function untilAnswers(service, port) {
  while (!(await probes[service](port).catch(() => false))) await sleep(5);
}

const probes = { postgres, redis, api };

async function postgres(port) {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'orders', password: 'orders', database: 'orders' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
  return true;
}

async function redis(port) {
  const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
  try {
    const [answer] = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => [''])]);
    return String(answer).startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}

async function api(port) {
  const response = await fetch(`http://127.0.0.1:${port}/health`);
  await response.arrayBuffer();
  return response.ok;
}
