import { expect, onTestFinished, test } from 'vitest';
import { announced, secret } from '../../test/support/announcements.js';
import { freeChannel } from '../../test/support/multicast.js';
import { Announcer } from './announcer.js';
import { Listener } from './listener.js';

async function pair() {
  const channels = [await freeChannel()];
  const announcer = new Announcer({ secret, now: Date.now, channels });
  const listener = new Listener({ secret, now: Date.now, channels });
  onTestFinished(async () => {
    await announcer.stop();
    await listener.stop();
  });
  await listener.start();
  return { announcer, listener };
}

const wait = { timeout: 30_000, interval: 5 };

test('who asks for a service hears of it at once, and the question is no service', async () => {
  const answering = await pair();
  const { announcer } = answering;
  await announcer.announce('register', announced());
  const channels = [...answering.listener.channels];
  const asking = new Announcer({ secret, now: Date.now, channels });
  const listener = new Listener({ secret, now: Date.now, channels });
  onTestFinished(async () => {
    await asking.stop();
    await listener.stop();
  });
  await listener.start();
  answering.listener.onQuestion((name) => announcer.answer(name));
  await asking.ask('cache');
  await expect.poll(() => listener.services.lookup('cache'), wait).toEqual([announced()]);
  expect(listener.services.list()).toHaveLength(1);
});

test('a flood of questions for one name is answered once in a while', async () => {
  const { announcer, listener } = await pair();
  await announcer.announce('register', announced());
  const asked: string[] = [];
  listener.onQuestion((name) => {
    asked.push(name);
    announcer.answer(name);
  });
  const before = announcer.counts.sent;
  for (let count = 0; count < 500; count++) announcer.answer('cache');
  announcer.answer('nobody');
  expect(announcer.counts.sent - before).toBeLessThan(50);
  await announcer.ask('cache');
  await expect.poll(() => asked, wait).toEqual(['cache']);
  await announcer.stop();
  announcer.answer('cache');
  await expect(announcer.ask('cache')).rejects.toMatchObject({ code: 'BROADCAST_FAILED' });
});

test('an announcement of one service too many is counted as ignored', async () => {
  const channels = [await freeChannel()];
  const announcer = new Announcer({ secret, now: Date.now, channels });
  const listener = new Listener({ secret, now: Date.now, channels, maxServices: 1 });
  onTestFinished(async () => {
    await announcer.stop();
    await listener.stop();
  });
  await listener.start();
  await announcer.announce('register', announced({ id: '1' }));
  await announcer.announce('register', announced({ id: '2' }));
  await expect.poll(() => listener.counts, wait).toMatchObject({ accepted: 2, ignored: 1 });
});
