import Fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from './listen.js';

function server() {
  const made = Fastify();
  onTestFinished(() => made.close());
  return made;
}

test('P18 port 0 lets the system choose, and the address is the one that this machine reaches', async () => {
  expect(await listen(server(), '127.0.0.1:0')).toMatch(/^127\.0\.0\.1:\d{4,5}$/);
  expect(await listen(server(), 'tcp://0.0.0.0:0')).toMatch(/^127\.0\.0\.1:\d{4,5}$/);
  expect(await listen(server(), '[::1]:0')).toMatch(/^\[::1\]:\d{4,5}$/);
});

test('a port that is taken is told', async () => {
  const address = await listen(server(), '127.0.0.1:0');
  await expect(listen(server(), address)).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE' });
});

test.each(['nowhere', '127.0.0.1', ':7000', '127.0.0.1:70000'])('%s is no address', async (at) => {
  await expect(listen(server(), at)).rejects.toMatchObject({ code: 'USAGE' });
});
