import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { grpcServer } from '../../test/support/grpc-health.js';
import { probeGrpc } from './grpc.js';

const signal = new AbortController().signal;
const probe = (port: number, check = {}) => probeGrpc('127.0.0.1', port, check, signal);

async function listen(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

describe('probeGrpc', () => {
  it('finds a real gRPC server ready that serves, and a service in it', async () => {
    const port = await grpcServer({ '': 'SERVING', 'shop.Orders': 'SERVING' });
    expect([await probe(port), await probe(port, { service: 'shop.Orders' })]).toEqual([{ ok: true }, { ok: true }]);
  });

  it('speaks TLS', async () => {
    const port = await grpcServer({ '': 'SERVING' }, true);
    expect(await probe(port, { tls: true })).toEqual({ ok: true });
  });

  it('sends names of any length', async () => {
    const name = 'n'.repeat(70_000);
    expect(await probe(await grpcServer({ [name]: 'SERVING' }), { service: name })).toEqual({ ok: true });
  });

  it.each([
    [{ '': 'NOT_SERVING' }, 'the health service says NOT_SERVING'],
    [{ '': 'UNKNOWN' }, 'the health service says UNKNOWN'],
    [{ '': 'SERVICE_UNKNOWN' }, 'the health service says SERVICE_UNKNOWN'],
    [{}, 'the server knows no service ""'],
    [{ '': 'busy' }, 'gRPC status 8: too much to do'],
    [undefined, 'the server has no health service'],
  ])('says why a server is not ready whose services are %j', async (statuses, reason) => {
    expect(await probe(await grpcServer(statuses as Record<string, string> | undefined))).toEqual({
      ok: false,
      reason,
    });
  });

  it('says what is no gRPC server', async () => {
    const http = await listen(createHttpServer((_request, response) => response.end('hello')));
    const rude = await listen(createServer((socket) => socket.on('error', () => undefined).end()));
    expect(await probe(http)).toMatchObject({ ok: false });
    expect(await probe(rude)).toMatchObject({ ok: false });
    const closed = createServer();
    const port = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    expect(await probe(port)).toEqual({ ok: false, reason: 'connection refused' });
  });

  it('ends with the reason of its signal when the server hangs', async () => {
    const port = await grpcServer({ '': 'hung' });
    const controller = new AbortController();
    const reason = new Error('enough');
    const probing = probeGrpc('127.0.0.1', port, {}, controller.signal);
    setTimeout(() => controller.abort(reason), 50);
    await expect(probing).rejects.toBe(reason);
  });
});
