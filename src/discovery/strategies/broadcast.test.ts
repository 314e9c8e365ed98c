import { expect, onTestFinished, test } from 'vitest';
import { announced, secret } from '../../../test/support/announcements.js';
import { freeChannel } from '../../../test/support/multicast.js';
import { Announcer, Listener } from '../../broadcast/index.js';
import { BroadcastStrategy } from './broadcast.js';

async function setUp() {
  const channel = await freeChannel();
  const options = { secret, now: Date.now, channels: [channel] };
  const announcer = new Announcer(options);
  const asking = new Announcer(options);
  const answering = new Listener(options);
  await answering.start();
  answering.onQuestion((name) => announcer.answer(name));
  const strategy = new BroadcastStrategy({
    listener: () => new Listener(options),
    ask: (name) => asking.ask(name),
    stop: () => asking.stop(),
    channel,
    now: Date.now,
  });
  onTestFinished(async () => {
    await strategy.close();
    await answering.stop();
    await announcer.stop();
  });
  return { announcer, strategy, channel };
}

const never = new AbortController().signal;

test('H66 H136 a service that was announced before anybody listened is found by asking', async () => {
  const { announcer, strategy, channel } = await setUp();
  await announcer.announce('register', announced({ metadata: { zone: 'a' } }));
  expect(await strategy.find('cache', never)).toMatchObject([
    { id: 'cache-1', kind: 'redis', url: 'redis://127.0.0.1:6379/0', metadata: { zone: 'a' }, status: 'healthy' },
  ]);
  expect([strategy.describe(), strategy.timeoutMs]).toEqual([`announcements on ${channel}`, 5000]);
});

test('H71 a service that is announced while it is waited for is found, and changes are told', async () => {
  const { announcer, strategy } = await setUp();
  const changes: unknown[] = [];
  strategy.onChange((name) => changes.push(name));
  const found = strategy.find('cache', never);
  await announcer.announce('register', announced());
  // The first may have come before anybody listened.
  const again = setInterval(() => void announcer.announce('update', announced({ version: '2' })), 20);
  onTestFinished(() => clearInterval(again));
  expect(await found).toMatchObject([{ port: 6379 }]);
  clearInterval(again);
  await announcer.announce('deregister', announced());
  // One that has left is known to have left: nobody waits for it as for one that was never heard.
  await expect.poll(() => strategy.find('cache', never), { timeout: 30_000 }).toEqual([]);
  expect(changes).toContain('cache');
});

test('nothing announced: it ends with its signal', async () => {
  const { strategy } = await setUp();
  const end = new AbortController();
  const found = strategy.find('nobody', end.signal);
  setImmediate(() => end.abort(new Error('enough')));
  await expect(found).rejects.toThrow('enough');
  await expect(strategy.find('nobody', AbortSignal.abort(new Error('over')))).rejects.toThrow('over');
});

test('it ends with its signal while it still asks, and whatever comes of the asking', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  let fail = (_: unknown): void => {};
  const asked = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const channel = await freeChannel();
  const strategy = new BroadcastStrategy({
    listener: () => new Listener({ secret, now: Date.now, channels: [channel] }),
    ask: () => asked,
    channel,
    now: Date.now,
  });
  onTestFinished(() => strategy.close());
  const end = new AbortController();
  const found = strategy.find('nobody', end.signal);
  setTimeout(() => end.abort(new Error('enough')), 50);
  await expect(found).rejects.toThrow('enough');
  fail(new Error('cannot ask'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(unhandled).toEqual([]);
});

test('an asking that fails is told at once', async () => {
  const channel = await freeChannel();
  const strategy = new BroadcastStrategy({
    listener: () => new Listener({ secret, now: Date.now, channels: [channel] }),
    ask: async () => {
      throw new Error('cannot ask');
    },
    channel,
    now: Date.now,
  });
  onTestFinished(() => strategy.close());
  await expect(strategy.find('nobody', never)).rejects.toThrow('cannot ask');
});
