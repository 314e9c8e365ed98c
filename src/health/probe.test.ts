import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { probe } from './probe.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(accept: (socket: Socket) => void = () => {}): Promise<number> {
  const server = createServer((socket) => accept(socket.on('error', () => {}).resume()));
  servers.push(server.listen(0, '127.0.0.1'));
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

const signal = new AbortController().signal;
const target = (port: number | undefined) => ({ host: '127.0.0.1', portOf: () => port });

describe('probe', () => {
  it('finds a TCP port ready when somebody accepts on the host port that stands for it', async () => {
    const port = await listen();
    expect(await probe({ type: 'tcp', port: 7000 }, target(port), signal)).toEqual({ ok: true });
    const [server] = servers.splice(0);
    await new Promise((resolve) => server?.close(resolve));
    expect(await probe({ type: 'tcp', port: 7000 }, target(port), signal)).toEqual({
      ok: false,
      reason: 'connection refused',
    });
  });

  it.each([
    { what: 'closes at once', accept: (socket: Socket) => socket.end(), ok: false },
    { what: 'resets at once', accept: (socket: Socket) => socket.resetAndDestroy(), ok: false },
    { what: 'speaks', accept: (socket: Socket) => socket.end('hello'), ok: true },
    { what: 'waits to be spoken to', accept: () => {}, ok: true },
  ])('judges a forwarded TCP port by what comes of the connection: it $what', async ({ accept, ok }) => {
    const forwarded = { ...target(await listen(accept)), forwarded: true };
    expect(await probe({ type: 'tcp', port: 7000 }, forwarded, signal)).toMatchObject({ ok });
  });

  it('gives a forwarded TCP port up when its signal aborts', async () => {
    const controller = new AbortController();
    const port = await listen(() => controller.abort(new Error('enough')));
    const pending = probe({ type: 'tcp', port: 7000 }, { ...target(port), forwarded: true }, controller.signal);
    await expect(pending).rejects.toThrow('enough');
  });

  it('says when a port has no host port', async () => {
    expect(await probe({ type: 'redis', port: 6379 }, target(undefined), signal)).toEqual({
      ok: false,
      reason: 'port 6379 is not bound to the host',
    });
  });

  it('finds a service ready when the command inside it ends with 0, else says how it ended', async () => {
    const condition = { type: 'exec', command: ['check'] } as const;
    const ending = (exitCode: number, output: string) =>
      probe(condition, { ...target(1), exec: async () => ({ exitCode, output }) }, signal);
    expect(await ending(0, 'fine')).toEqual({ ok: true });
    expect(await ending(2, 'first\nno route to host\n')).toEqual({
      ok: false,
      reason: 'the health check ended with exit code 2: no route to host',
    });
    expect(await ending(1, '')).toEqual({ ok: false, reason: 'the health check ended with exit code 1' });
    expect(await probe(condition, target(1), signal)).toMatchObject({ ok: false });
    const failing = { ...target(1), exec: () => Promise.reject(new Error('no such container')) };
    expect(await probe(condition, failing, signal)).toEqual({ ok: false, reason: 'no such container' });
  });

  it.each(['postgres', 'redis', 'http'] as const)('does not take a server that keeps silent for %s', async (type) => {
    const controller = new AbortController();
    const condition = type === 'http' ? { type, port: 1, path: '/', maxStatus: 400 } : { type, port: 1 };
    const pending = probe(condition, target(await listen()), controller.signal);
    const reason = new Error('enough');
    setImmediate(() => controller.abort(reason));
    await expect(pending).rejects.toBe(reason);
  });

  it('leaves to the runtime what cannot be seen from outside', async () => {
    expect(await probe({ type: 'engine' }, target(1), signal)).toMatchObject({ ok: false });
    expect(await probe({ type: 'log', pattern: 'x', count: 1 }, target(1), signal)).toMatchObject({ ok: false });
  });

  it('does not begin when its signal has aborted', async () => {
    const reason = new Error('over');
    await expect(probe({ type: 'tcp', port: 1 }, target(1), AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
