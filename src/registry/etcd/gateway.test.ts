import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { EtcdGateway, reasonOf } from './gateway.js';

type Answer = readonly [status: number, body: string];

/** A gateway that answers what etcd itself answers only now and then; gives its address and what it was asked. */
async function gateway(answer: (path: string, body: string, authorization: string | undefined) => Answer) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    asked.push(request.url ?? '');
    const [status, content] = answer(request.url ?? '', body, request.headers.authorization);
    response.writeHead(status).end(content);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const messages: unknown[] = [];
  await expect(
    (async () => {
      for await (const message of stream) messages.push(message);
    })(),
  ).rejects.toThrow();
  return messages;
}

describe('a log-in', () => {
  test('is done once, and again when its token has become too old', async () => {
    let token = 1;
    const { url, asked } = await gateway((path, body, authorization) => {
      if (path === '/v3/auth/authenticate')
        return JSON.parse(body).password === 'p' ? [200, `{"token":"t${token}"}`] : [400, 'no'];
      return authorization === `t${token}` ? [200, '{"ok":true}'] : [401, 'too old'];
    });
    const etcd = new EtcdGateway({ endpoints: [`${url}/`], user: 'u', password: 'p' });
    expect(await etcd.call('/v3/kv/range', {})).toEqual({ ok: true });
    expect(await etcd.call('/v3/kv/range', {})).toEqual({ ok: true });
    token = 2;
    expect(await etcd.call('/v3/kv/range', {})).toEqual({ ok: true });
    expect(asked.filter((path) => path === '/v3/auth/authenticate')).toHaveLength(2);
  });

  test('that is refused says for whom', async () => {
    const { url } = await gateway(() => [400, 'no']);
    const etcd = new EtcdGateway({ endpoints: [url], user: 'u' });
    await expect(etcd.call('/v3/kv/range', {})).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
      message: expect.stringContaining("HTTP 400 at the log-in of 'u'"),
    });
  });
});

test('a member that answers badly is passed over for the next one', async () => {
  const bad = await gateway(() => [503, 'no leader']);
  const good = await gateway(() => [200, '{}']);
  const etcd = new EtcdGateway({ endpoints: [bad.url, good.url] });
  expect(await etcd.call('/x', {})).toEqual({});
  expect(await etcd.call('/x', {})).toEqual({});
  expect(bad.asked).toHaveLength(1);
  const alone = new EtcdGateway({ endpoints: [bad.url] });
  await expect(alone.call('/x', {})).rejects.toThrow(`${bad.url}: HTTP 503 no leader`);
});

describe('a stream', () => {
  const signal = new AbortController().signal;

  test.each([
    ['{"result":1}\n\n{"result":2}\n', [1, 2]],
    ['{"result":1}\n{"error":{"message":"compacted"}}\n{"result":3}\n', [1]],
    ['{"result":1}\n{}\n', [1]],
    ['', []],
  ])('gives the messages of %j and then breaks', async (body, messages) => {
    const { url } = await gateway(() => [200, body]);
    expect(await all(new EtcdGateway({ endpoints: [url] }).stream('/v3/watch', {}, signal))).toEqual(messages);
  });

  test('breaks for the reason that etcd gives', async () => {
    const { url } = await gateway(() => [200, '{"error":{"message":"compacted"}}\n']);
    const stream = new EtcdGateway({ endpoints: [url] }).stream('/v3/watch', {}, signal);
    await expect(stream.next()).rejects.toThrow('compacted');
  });
});

test.each([[[]], [['etcd:2379']], [['http://']]])('the endpoints %j are refused', (endpoints) => {
  expect(() => new EtcdGateway({ endpoints })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
});

test.each([
  'http://root:s3cret@127.0.0.1:2379',
  'root:s3cret@127.0.0.1:2379',
  'http://root:s3/cr3t@127.0.0.1:2379',
  'http://root:3/s3cret@127.0.0.1:2379',
  'http://s3cret@etcd:2379',
])('an address with a password, as %j, is refused, tells where to put it, and does not show it', (endpoint) => {
  let error: unknown;
  try {
    new EtcdGateway({ endpoints: ['http://127.0.0.1:2379', endpoint] });
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', hint: expect.stringContaining('PORTSIDE_ETCD_PASSWORD') });
  expect(`${error} ${JSON.stringify(error)}`).not.toMatch(/s3cret|cr3t/);
});

test('a reason is what lies behind the failure of a request', () => {
  expect(reasonOf(new Error('fetch failed', { cause: new Error('refused') }))).toBe('refused');
  expect(reasonOf(new Error('fetch failed', { cause: { code: 'ECONNREFUSED' } }))).toBe('ECONNREFUSED');
  expect(reasonOf(new Error('broken'))).toBe('broken');
  expect(reasonOf('broken')).toBe('broken');
});
