import dgram, { type Socket } from 'node:dgram';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { describe, expect, onTestFinished, test } from 'vitest';
import { announcement, hostile, key, secret } from '../../test/support/announcements.js';
import { freeChannel, rawSender } from '../../test/support/multicast.js';
import type { Announcement } from './announcement.js';
import { encodeAnnouncement } from './codec.js';
import { Listener, type ListenerOptions } from './listener.js';

async function startListener(options: Partial<ListenerOptions> = {}) {
  const channel = await freeChannel();
  const listener = new Listener({ secret, now: Date.now, channels: [channel], ...options });
  onTestFinished(() => listener.stop());
  await listener.start();
  return { listener, channel, send: await rawSender(channel) };
}

const valid = (number: number, extra: Partial<Announcement> = {}): Buffer =>
  encodeAnnouncement(announcement(Date.now(), number, extra), key);

/** Resolves with the next announcement of this action. */
const next = (listener: Listener, action: Announcement['action']) =>
  new Promise((resolve) => {
    const end = listener.on(action, (heard) => {
      end();
      resolve(heard);
    });
  });

test('H71 H82 handlers hear the announcements of their action, with source and channel, until they end', async () => {
  const { listener, channel, send } = await startListener();
  const updates: unknown[] = [];
  const end = listener.on('update', (heard) => updates.push(heard));
  const bye = next(listener, 'deregister');
  await send(valid(1));
  await send(valid(2, { action: 'update' }));
  await send(valid(3, { action: 'deregister' }));
  await bye;
  end();
  const heartbeat = next(listener, 'heartbeat');
  await send(valid(4, { action: 'update' }));
  await send(valid(5, { action: 'heartbeat' }));
  await heartbeat;
  expect(updates).toEqual([
    { announcement: expect.objectContaining({ action: 'update' }), source: '127.0.0.1', channel },
  ]);
  expect(listener.counts.accepted).toBe(5);
});

test('H131 H133 of hostile datagrams off the wire none is believed, each is counted and told, and the next valid one is heard', async () => {
  const told: string[] = [];
  let heard = (): void => {};
  const time = Date.now();
  const { listener, send } = await startListener({
    now: () => time,
    onRejection: ({ reason }) => {
      told.push(reason);
      heard();
    },
  });
  const rejected = (datagram: Buffer): Promise<unknown> => {
    const one = new Promise<void>((resolve) => {
      heard = resolve;
    });
    return Promise.all([one, send(datagram)]);
  };
  for (const { make } of Object.values(hostile)) {
    for (let number = 0; number < 50; number++) await rejected(make(time, number));
  }
  expect(listener.counts.accepted).toBe(0);
  const register = next(listener, 'register');
  const datagram = encodeAnnouncement(announcement(time), key);
  await send(datagram);
  await register;
  await rejected(datagram);
  const { accepted, rejected: counts } = listener.counts;
  expect(accepted).toBe(1);
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(told.length);
  expect(told).toHaveLength(50 * Object.keys(hostile).length + 1);
  expect(counts).toMatchObject({ stale: 50, early: 50, expired: 50, oversized: 50, replayed: 1 });
});

test('H197 announcements from a source that is not allowed are refused', async () => {
  let told = (_: unknown): void => {};
  const rejection = new Promise((resolve) => {
    told = resolve;
  });
  const { listener, channel, send } = await startListener({
    allowedSources: ['10.0.0.0/8'],
    onRejection: (each) => told(each),
  });
  await send(valid(1));
  expect(await rejection).toEqual({ reason: 'source', detail: '127.0.0.1', source: '127.0.0.1', channel });
  expect(listener.services.list()).toEqual([]);
});

test('H82 neither errors of reading nor handlers that throw end it', async () => {
  const sockets: Socket[] = [];
  const original = dgram.createSocket;
  dgram.createSocket = ((...args: Parameters<typeof original>) => {
    const socket = original(...args);
    sockets.push(socket);
    return socket;
  }) as typeof original;
  syncBuiltinESMExports();
  onTestFinished(() => {
    dgram.createSocket = original;
    syncBuiltinESMExports();
  });
  const errors: unknown[] = [];
  const { listener, send } = await startListener({ onError: (error) => errors.push(error) });
  const receiver = sockets.find((socket) => socket.listenerCount('message') > 0);
  receiver?.emit('error', new Error('recvmsg ENETDOWN'));
  listener.on('register', () => {
    throw new Error('a handler of somebody');
  });
  const register = next(listener, 'register');
  await send(valid(1));
  await register;
  expect(errors.map(String)).toEqual(['Error: recvmsg ENETDOWN', 'Error: a handler of somebody']);
  expect(listener.counts).toMatchObject({ accepted: 1, readErrors: 1, handlerErrors: 1 });
});

describe('listen', () => {
  test('H85 starts the listener and gives announcements until it stops', async () => {
    const channel = await freeChannel();
    const listener = new Listener({ secret, now: Date.now, channels: [channel] });
    const heard = listener.listen();
    await listener.start();
    const send = await rawSender(channel);
    await send(valid(1));
    await send(valid(2, { action: 'deregister' }));
    const actions: string[] = [];
    for await (const { announcement: said } of heard) {
      actions.push(said.action);
      if (said.action === 'deregister') await listener.stop();
    }
    expect(actions).toEqual(['register', 'deregister']);
  });

  test('ends while it waits when its signal aborts or the listener stops', async () => {
    const { listener } = await startListener();
    const controller = new AbortController();
    const first = listener.listen(controller.signal).next();
    const second = listener.listen().next();
    setImmediate(() => controller.abort());
    expect(await first).toEqual({ done: true, value: undefined });
    setImmediate(() => void listener.stop());
    expect(await second).toEqual({ done: true, value: undefined });
  });

  test('keeps the newest announcements for a slow reader and counts what it dropped', async () => {
    const { listener, send } = await startListener({ maxQueued: 2 });
    const heard = listener.listen();
    const bye = next(listener, 'deregister');
    for (let number = 0; number < 4; number++) await send(valid(number));
    await send(valid(4, { action: 'deregister' }));
    await bye;
    const actions = [await heard.next(), await heard.next()].map(({ value }) => value?.announcement.action);
    expect(actions).toEqual(['register', 'deregister']);
    expect(listener.counts).toMatchObject({ accepted: 5, dropped: 3 });
  });

  test('throws when the interface is not of this machine', async () => {
    const listener = new Listener({ secret, now: Date.now, channels: [await freeChannel()], interface: '192.0.2.1' });
    await expect(listener.listen().next()).rejects.toMatchObject({ code: 'BROADCAST_FAILED' });
    await expect(listener.start()).rejects.toThrow(
      /^Cannot listen for announcements on 239\.255\.0\.1:\d+ at 192\.0\.2\.1: /,
    );
    await listener.stop();
  });
});

test('H86 R9 stop may come twice and at any time', async () => {
  const channel = await freeChannel();
  const never = new Listener({ secret, now: Date.now, channels: [channel] });
  await Promise.all([never.stop(), never.stop()]);
  await expect(never.start()).rejects.toThrow('the listener has been stopped');
  expect(await never.listen().next()).toEqual({ done: true, value: undefined });
  const starting = new Listener({ secret, now: Date.now, channels: [channel] });
  const started = starting.start();
  const stopped = starting.stop();
  await expect(started).rejects.toThrow('the listener has been stopped');
  await stopped;
  await starting[Symbol.asyncDispose]();
});

test('H73 a channel is heard apart from another group on the same port', async () => {
  const { listener, channel, send } = await startListener();
  const sibling = `239.255.0.2:${channel.split(':')[1]}`;
  const other = new Listener({ secret, now: Date.now, channels: [sibling] });
  onTestFinished(() => other.stop());
  await other.start();
  const [here, there] = [next(listener, 'register'), next(other, 'register')];
  await send(valid(1));
  await (await rawSender(sibling))(valid(2));
  expect(await here).toMatchObject({ channel });
  expect(await there).toMatchObject({ channel: sibling });
  expect([listener.counts.accepted, other.counts.accepted]).toEqual([1, 1]);
});

test('H72 one listener hears several channels', async () => {
  const channels = [await freeChannel(), await freeChannel('239.255.0.2')];
  const listener = new Listener({ secret, now: Date.now, channels });
  onTestFinished(() => listener.stop());
  await listener.start();
  for (const [number, channel] of channels.entries()) {
    const register = next(listener, 'register');
    await (await rawSender(channel))(valid(number));
    expect(await register).toMatchObject({ channel });
  }
});

test('unicast to the port is not heard', async () => {
  const { listener, channel, send } = await startListener();
  const socket = dgram.createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  await new Promise((resolve) => socket.send(valid(1), Number(channel.split(':')[1]), '127.0.0.1', resolve));
  const register = next(listener, 'register');
  await send(valid(2));
  await register;
  expect(listener.counts.accepted).toBe(1);
});

test('H74 H75 channels are IPv4 multicast addresses with a port', () => {
  for (const wrong of [
    '127.0.0.1:7001',
    '239.255.0.1',
    '239.255.0.1:0',
    '239.255.0.1:65536',
    '239.255.0:7',
    '[ff02::1]:7',
    '',
  ]) {
    expect(() => new Listener({ secret, now: Date.now, channels: [wrong] })).toThrow(`Current value is '${wrong}'`);
  }
});
