import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type Heard, Listener } from '../../src/broadcast/index.js';
import { announced, secret } from '../support/announcements.js';
import { freeChannel } from '../support/multicast.js';

const program = fileURLToPath(new URL('../support/announce.ts', import.meta.url));

/** Starts a process that announces these services; it says bye when its standard input ends. */
function startAnnouncer(options: object): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'jiti/register', program, JSON.stringify(options)], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function startListener(channel: string, now: () => number = Date.now) {
  const listener = new Listener({ secret, now, channels: [channel] });
  onTestFinished(() => listener.stop());
  await listener.start();
  return { listener, heard: listener.listen() };
}

async function takeUntil(heard: AsyncGenerator<Heard, void>, done: (heard: Heard) => boolean): Promise<Heard> {
  for await (const each of heard) if (done(each)) return each;
  throw new Error('the listener stopped');
}

test('H2 H66 two processes without a common parent find each other', async () => {
  const channel = await freeChannel();
  const { listener, heard } = await startListener(channel);
  const common = { secret, channels: [channel] };
  const children = ['left', 'right'].map((id, index) =>
    startAnnouncer({ ...common, services: [announced({ id, port: 7000 + index })] }),
  );
  const seen = new Set<string>();
  const again = listener.listen();
  await takeUntil(heard, ({ announcement }) => seen.add(announcement.service.id).size === 2);
  expect(
    listener.services
      .lookup('cache')
      .map(({ port }) => port)
      .sort(),
  ).toEqual([7000, 7001]);
  for (const child of children) child.stdin?.end();
  await takeUntil(
    again,
    ({ announcement }) =>
      announcement.action === 'deregister' && seen.delete(announcement.service.id) && seen.size === 0,
  );
  expect(listener.services.list()).toEqual([]);
});

test('H132 a process beats, and when it was killed its service is gone after its time to live', async () => {
  const channel = await freeChannel();
  let ahead = 0;
  const { listener, heard } = await startListener(channel, () => Date.now() + ahead);
  const options = { secret, channels: [channel], intervalMs: 5, ttlSeconds: 60 };
  const child = startAnnouncer({ ...options, services: [announced()] });
  let beats = 0;
  await takeUntil(heard, ({ announcement }) => announcement.action === 'heartbeat' && ++beats === 100);
  expect(listener.services.lookup('cache')).toEqual([announced()]);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  expect(listener.services.lookup('cache')).toEqual([announced()]);
  ahead = 60_000;
  expect(listener.services.lookup('cache')).toEqual([]);
});

test('H195 a process with another secret is not believed', async () => {
  const channel = await freeChannel();
  const { listener, heard } = await startListener(channel);
  const forger = { secret: 'a secret that is not the same', channels: [channel], intervalMs: 5 };
  startAnnouncer({ ...forger, services: [announced({ id: 'forged' })] });
  await expect.poll(() => listener.counts.rejected.forged, { timeout: 30_000 }).toBeGreaterThan(0);
  startAnnouncer({ secret, channels: [channel], services: [announced({ id: 'true' })] });
  const first = await takeUntil(heard, () => true);
  expect(first.announcement.service.id).toBe('true');
  expect(listener.services.list().map(({ id }) => id)).toEqual(['true']);
});
