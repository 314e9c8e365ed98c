import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { grpcServer } from '../../test/support/grpc-health.js';
import type { Endpoint } from '../model/index.js';
import { execCheck, grpcCheck, httpCheck, postgresCheck, redisCheck, tcpCheck } from './checks.js';
import { checkOf } from './endpoint-check.js';

const signal = new AbortController().signal;
const host = '127.0.0.1';

async function http(status = 200): Promise<number> {
  const server = createServer((request, response) => response.writeHead(request.url === '/ok?x' ? 200 : status).end());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

describe('checks', () => {
  it('H94 tcp, http and grpc look at a port', async () => {
    const port = await http(404);
    expect(await tcpCheck({ host, port })(signal)).toEqual({ ok: true });
    expect(await httpCheck(`http://${host}:${port}/ok?x`)(signal)).toEqual({ ok: true });
    expect(await httpCheck(new URL(`http://${host}:${port}`))(signal)).toEqual({ ok: false, reason: 'HTTP 404' });
    expect(await httpCheck(`http://${host}:${port}`, { maxStatus: 404 })(signal)).toEqual({ ok: true });
    expect(await grpcCheck({ host, port: await grpcServer({ a: 'SERVING' }) }, { service: 'a' })(signal)).toEqual({
      ok: true,
    });
  });

  it('H94 postgres and redis say that a server is none of theirs', async () => {
    const port = await http();
    expect(await postgresCheck({ host, port })(signal)).toMatchObject({ ok: false });
    expect(await redisCheck({ host, port })(signal)).toMatchObject({ ok: false });
  });

  it('H94 exec runs a program and judges its exit code', async () => {
    const node = (code: string, options = {}) => execCheck([process.execPath, '-e', code], options)(signal);
    expect(await node('process.exit(process.env.A === "1" ? 0 : 1)', { env: { A: '1' } })).toEqual({ ok: true });
    expect(await node('console.log("not yet"); process.exit(3)')).toEqual({
      ok: false,
      reason: 'the health check ended with exit code 3: not yet',
    });
    expect(await execCheck(['/no/such/program'])(signal)).toMatchObject({ ok: false });
  });

  it('H94 exec ends its program when its time is up', async () => {
    const controller = new AbortController();
    const running = execCheck([process.execPath, '-e', 'setInterval(() => {}, 1000)'])(controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(running).rejects.toThrow('enough');
  });
});

describe('checkOf', () => {
  const endpoint = (fields: object) => ({ kind: 'tcp', host, ...fields }) as unknown as Endpoint;

  it('takes the health URL first', async () => {
    const [good, bad] = [await http(), await http(503)];
    const grpc = await grpcServer({ '': 'SERVING', 'shop.Orders': 'NOT_SERVING' });
    const results = [
      { healthUrl: `http://${host}:${good}/`, port: 1 },
      { healthUrl: `http://${host}:${bad}/`, port: good },
      { healthUrl: `tcp://${host}:${bad}`, port: 1 },
      { healthUrl: `grpc://${host}:${grpc}`, port: 1 },
      { healthUrl: `grpc://${host}:${grpc}/shop.Orders`, port: 1 },
      { healthUrl: `mailto:${host}`, port: good },
      { healthUrl: 'nonsense', port: good },
      { healthUrl: `grpc://${host}:1/%zz`, port: good },
    ].map(async (fields) => (await checkOf(endpoint(fields))(signal)).ok);
    expect(await Promise.all(results)).toEqual([true, false, true, true, false, true, true, true]);
  });

  it('speaks the protocol of the kind where there is no health URL', async () => {
    const port = await http();
    for (const kind of ['postgres', 'redis']) {
      expect(await checkOf(endpoint({ kind, port, user: 'u', password: 'p', database: 'd' }))(signal)).toMatchObject({
        ok: false,
      });
    }
    expect(await checkOf(endpoint({ kind: 'http', port }))(signal)).toEqual({ ok: true });
  });
});
