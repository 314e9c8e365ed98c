import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Announcer, Listener } from '../dist/broadcast/index.js';
import { row } from './lib/row.mjs';

const group = '239.255.0.1';
const secret = 'the secret of the bench, which is long enough';
const service = {
  id: 'cache-1',
  name: 'cache',
  host: '127.0.0.1',
  port: 6379,
  protocol: 'redis',
  metadata: { a: 'b' },
};

/** Times signed announcements on the loopback interface, beside bare datagrams of the same size. */
export async function bench(say, { rounds = 20_000, pings = 3000 } = {}) {
  const receiver = createSocket({ type: 'udp4', reuseAddr: true }).bind({ address: group, port: 0 });
  await once(receiver, 'listening');
  const { port } = receiver.address();
  const sender = createSocket({ type: 'udp4', lookup: (address, _, callback) => callback(null, address, 4) });
  // With a look-up of its own the socket is bound at once, before anybody could wait for the event.
  await new Promise((resolve) => sender.bind({ address: '127.0.0.1', port: 0 }, resolve));
  sender.setMulticastInterface('127.0.0.1');
  sender.setMulticastTTL(0);
  const datagram = Buffer.alloc(400, 'x');
  const options = { secret, now: Date.now, channels: [`${group}:${port}`] };
  const announcer = new Announcer(options);
  const listener = new Listener(options);
  const sendBare = () => new Promise((resolve) => sender.send(datagram, port, group, resolve));
  const announce = () => announcer.announce('heartbeat', service);
  try {
    say(`${rounds} datagrams sent, bare and signed`);
    const bare = await times(sendBare, rounds);
    const signed = await times(announce, rounds);
    say(`${pings} datagrams sent and received, bare and signed`);
    receiver.addMembership(group, '127.0.0.1');
    const bareHeard = await times(() => Promise.all([once(receiver, 'message'), sendBare()]), pings);
    receiver.dropMembership(group, '127.0.0.1');
    await listener.start();
    const signedHeard = await times(() => Promise.all([heartbeat(listener), announce()]), pings);
    return [
      row({
        id: 'broadcast.send',
        what: 'announce, signed, mean of one; 50 is 20,000 a second',
        value: mean(signed) * 1000,
        unit: 'us',
        ...beside('sent', mean(bare) * 1000),
        limit: 50,
      }),
      row({
        id: 'broadcast.send.p99',
        what: 'announce, signed, p99',
        value: p99(signed) * 1000,
        unit: 'us',
        ...beside('sent', p99(bare) * 1000),
        limit: 5000,
      }),
      row({
        id: 'broadcast.heard.p99',
        what: 'announce until heard and verified, p99',
        value: p99(signedHeard) * 1000,
        unit: 'us',
        ...beside('sent and received', p99(bareHeard) * 1000),
        limit: 5000,
      }),
    ];
  } finally {
    await announcer.stop();
    await listener.stop();
    sender.close();
    receiver.close();
  }
}

/** Resolves with the next heartbeat. */
function heartbeat(listener) {
  return new Promise((resolve) => {
    const end = listener.on('heartbeat', (heard) => {
      end();
      resolve(heard);
    });
  });
}

/** Gives the milliseconds of each of so many calls, one after the other, after some that do not count. */
async function times(call, count) {
  for (let index = 0; index < count / 10; index++) await call();
  const each = [];
  for (let index = 0; index < count; index++) {
    const start = performance.now();
    await call();
    each.push(performance.now() - start);
  }
  return each.sort((a, b) => a - b);
}

const mean = (sorted) => sorted.reduce((sum, time) => sum + time, 0) / sorted.length;
const p99 = (sorted) => sorted[Math.floor(sorted.length * 0.99)];
const beside = (done, floor) => ({ against: `a bare datagram ${done}, ${floor.toFixed(1)} us`, floor });
