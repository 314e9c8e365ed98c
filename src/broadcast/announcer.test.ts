import { describe, expect, onTestFinished, test } from 'vitest';
import { announced, secret } from '../../test/support/announcements.js';
import { freeChannel } from '../../test/support/multicast.js';
import { PortsideError } from '../model/index.js';
import { Announcer, type AnnouncerOptions } from './announcer.js';
import { type Heard, Listener } from './listener.js';

async function pair(options: Partial<AnnouncerOptions> = {}) {
  const channels = options.channels ?? [await freeChannel()];
  const listener = new Listener({ secret: options.secret ?? secret, now: Date.now, channels });
  const announcer = new Announcer({ secret, now: Date.now, ...options, channels });
  onTestFinished(async () => {
    await announcer.stop();
    await listener.stop();
  });
  await listener.start();
  return { announcer, listener, heard: listener.listen() };
}

/** Reads so many announcements. */
async function take(heard: AsyncGenerator<Heard, void>, count: number): Promise<Heard[]> {
  const taken: Heard[] = [];
  while (taken.length < count) {
    const { value } = await heard.next();
    if (!value) throw new Error('the listener stopped');
    taken.push(value);
  }
  return taken;
}

const summary = (heard: readonly Heard[]): string[] =>
  heard.map(({ announcement: { action, service } }) => `${action} ${service.id} ${service.port}`);

test('H70 H83 H78 H79 H80 H81 H84 H130 every action is heard in order', async () => {
  const { announcer, heard } = await pair();
  await announcer.announce('register', announced());
  await announcer.announce('update', announced({ port: 6380 }));
  await announcer.announce('heartbeat', announced({ port: 6380 }));
  await announcer.announce('deregister', announced({ port: 6380 }));
  expect(summary(await take(heard, 4))).toEqual([
    'register cache-1 6379',
    'update cache-1 6380',
    'heartbeat cache-1 6380',
    'deregister cache-1 6380',
  ]);
  expect(announcer.counts).toEqual({ sent: 4, sendErrors: 0 });
});

test('H81 H214 a registered service beats until it is deregistered: 100 heartbeats, none a replay', async () => {
  const { announcer, listener, heard } = await pair({ intervalMs: 2 });
  await announcer.announce('register', announced());
  const [first, ...beats] = await take(heard, 101);
  expect(first?.announcement.action).toBe('register');
  expect(new Set(summary(beats))).toEqual(new Set(['heartbeat cache-1 6379']));
  expect(new Set(beats.map(({ announcement }) => announcement.nonce)).size).toBe(100);
  await announcer.announce('deregister', announced());
  await announcer.announce('register', announced({ id: 'mark' }));
  for (;;) if ((await take(heard, 1))[0]?.announcement.service.id === 'mark') break;
  expect(new Set(summary(await take(heard, 5)))).toEqual(new Set(['heartbeat mark 6379']));
  expect(Object.values(listener.counts.rejected).every((count) => count === 0)).toBe(true);
});

test('heartbeats tell what an update said', async () => {
  const { announcer, heard } = await pair({ intervalMs: 2 });
  await announcer.announce('register', announced());
  await announcer.announce('update', announced({ port: 6380 }));
  let [seen] = await take(heard, 1);
  while (seen?.announcement.action !== 'heartbeat' || seen.announcement.service.port !== 6380)
    [seen] = await take(heard, 1);
  expect(new Set(summary(await take(heard, 5)))).toEqual(new Set(['heartbeat cache-1 6380']));
});

test('H79 H86 H213 stop says bye for every service that is left', async () => {
  const { announcer, listener, heard } = await pair();
  await announcer.announce('register', announced());
  await announcer.announce('register', announced({ id: 'cache-2', port: 6380 }));
  await announcer.announce('deregister', announced());
  await take(heard, 3);
  expect(listener.services.lookup('cache').map(({ id }) => id)).toEqual(['cache-2']);
  await announcer.stop();
  expect(summary(await take(heard, 1))).toEqual(['deregister cache-2 6380']);
  expect(listener.services.list()).toEqual([]);
});

test('H86 R9 stop may come twice and at any time, and waits for what is being sent', async () => {
  const { announcer, heard } = await pair();
  const sending = announcer.announce('register', announced());
  const stopping = [announcer.stop(), announcer.stop(), announcer[Symbol.asyncDispose]()];
  await Promise.all([sending, ...stopping]);
  expect(summary(await take(heard, 2))).toEqual(['register cache-1 6379', 'deregister cache-1 6379']);
  await expect(announcer.announce('register', announced())).rejects.toThrow('the announcer has been stopped');
  await new Announcer({ secret, now: Date.now }).stop();
});

test('H72 it announces on every channel, and who listens on several sees no replay', async () => {
  const channels = [await freeChannel(), await freeChannel('239.255.0.2')];
  const { announcer, listener, heard } = await pair({ channels });
  await announcer.announce('register', announced());
  expect((await take(heard, 2)).map(({ channel }) => channel).sort()).toEqual([...channels].sort());
  expect(listener.counts).toMatchObject({ accepted: 2, rejected: { replayed: 0 } });
});

test('R5 with signing switched off on both sides, announcements are heard', async () => {
  const { announcer, heard } = await pair({ secret: false });
  await announcer.announce('register', announced());
  expect(summary(await take(heard, 1))).toEqual(['register cache-1 6379']);
});

test('nonces come from the random bytes that it is given', async () => {
  const { announcer, heard } = await pair({ random: (size) => new Uint8Array(size).fill(7) });
  await announcer.announce('register', announced());
  expect((await take(heard, 1))[0]?.announcement.nonce).toBe('07'.repeat(16));
});

test('a service that does not fit the format is refused and not announced later', async () => {
  const { announcer, listener } = await pair();
  const wrong = announcer.announce('register', announced({ port: 0 }));
  await expect(wrong).rejects.toMatchObject({ code: 'BROADCAST_INVALID', service: 'cache' });
  await announcer.stop();
  expect(announcer.counts.sent).toBe(0);
  expect(listener.services.list()).toEqual([]);
});

test('an interface that is not of this machine is told to the caller, and by heartbeats to onError', async () => {
  let tell = (_: PortsideError): void => {};
  const told = new Promise<PortsideError>((resolve) => {
    tell = resolve;
  });
  const announcer = new Announcer({
    secret,
    now: Date.now,
    interface: '192.0.2.1',
    intervalMs: 2,
    onError: (error) => tell(error),
  });
  await expect(announcer.announce('register', announced())).rejects.toMatchObject({ code: 'BROADCAST_FAILED' });
  expect((await told).message).toMatch(/^Cannot announce at 192\.0\.2\.1: /);
  await announcer.stop();
  expect(announcer.counts.sent).toBe(0);
  expect(announcer.counts.sendErrors).toBeGreaterThanOrEqual(3);
});

describe('an announcer cannot be made', () => {
  test.each<[string, Partial<AnnouncerOptions>]>([
    ['without a secret', { secret: '' }],
    ['with a negative hop limit', { hopLimit: -1 }],
    ['with a time to live of 0', { ttlSeconds: 0 }],
    ['with an interval as long as the time to live', { ttlSeconds: 1, intervalMs: 1000 }],
    ['with an interval of 0', { intervalMs: 0 }],
    ['with a channel that is no multicast group', { channels: ['10.0.0.1:7001'] }],
  ])('%s', (_, options) => {
    expect(() => new Announcer({ secret, now: Date.now, ...options })).toThrow(PortsideError);
  });
});
