import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Endpoint, noTelemetry, type ServiceEvent } from '../model/index.js';
import { endpointOf } from '../registry/index.js';
import { DiscoveryClient, type DiscoveryClientOptions } from './client.js';
import type { DiscoveryStrategy } from './strategy.js';

const instance = (id: string, extra: Partial<Endpoint> = {}): Endpoint =>
  ({ ...endpointOf(id, { name: 'orders', host: '127.0.0.1', port: 8080 }, { now: 0 }), ...extra }) as Endpoint;

/** A strategy whose answers the test decides. */
function scripted(name: string, answer: (service: string, signal: AbortSignal) => unknown, timeoutMs = 30_000) {
  const listeners = new Set<(changed: string | undefined) => void>();
  const find = vi.fn(
    async (service: string, signal: AbortSignal) => (await answer(service, signal)) as readonly Endpoint[],
  );
  const strategy = {
    name,
    timeoutMs,
    describe: (service: string) => `${name} of ${service}`,
    find,
    onChange: (listener: (changed: string | undefined) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: vi.fn(async () => {}),
    change: (changed?: string) => {
      for (const listener of listeners) listener(changed);
    },
  };
  return strategy satisfies DiscoveryStrategy;
}

const away = (): never => {
  throw new Error('connection refused.');
};

function clientOf(
  strategies: readonly DiscoveryStrategy[],
  options: Partial<DiscoveryClientOptions> = {},
): DiscoveryClient {
  const client = new DiscoveryClient({ strategies, ...options });
  onTestFinished(() => client.close());
  return client;
}

test('H53 H96 H123 H124 strategies are asked in their order until one knows the service', async () => {
  const order: string[] = [];
  const ask = (name: string, answer: () => unknown) =>
    scripted(name, () => {
      order.push(name);
      return answer();
    });
  const client = clientOf([
    ask('default', away),
    ask('registry', () => []),
    ask('broadcast', () => [instance('1')]),
    ask('dns', () => [instance('2')]),
  ]);
  expect(await client.discover('orders')).toMatchObject({ id: '1' });
  expect(order).toEqual(['default', 'registry', 'broadcast']);
});

test('H69 H100 H191 when all fail, the error lists each strategy, what it tried, how long, and why it failed', async () => {
  const log = vi.fn();
  const strategies = [
    scripted('default', away),
    scripted('registry', () => []),
    scripted('dns', () => [instance('1', { status: 'unhealthy' })]),
  ];
  const client = clientOf(strategies, { telemetry: { ...noTelemetry, log } });
  const error = await client.discover('orders').catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'DISCOVERY_FAILED', service: 'orders' });
  expect(error.message.replace(/\d+ ms/g, 'N ms')).toBe(
    [
      "Cannot discover 'orders': no strategy found it.",
      '  default (default of orders): connection refused, after N ms',
      '  registry (registry of orders): no such service, after N ms',
      '  dns (dns of orders): 1 known, none healthy, after N ms',
    ].join('\n'),
  );
  expect(error.hint).toContain('try again');
  expect(log).toHaveBeenCalledWith('error', 'Discovery failed after all strategies', {
    service_name: 'orders',
    strategies_tried: ['default', 'registry', 'dns'],
    error: error.message,
  });
});

test('without a strategy that is told', async () => {
  await expect(clientOf([]).discover('orders')).rejects.toThrow('there is no strategy');
});

test('H98 H125 a strategy that does not answer in its time gives way to the next', async () => {
  const slow = scripted('broadcast', () => new Promise(() => {}), 20);
  const client = clientOf([slow, scripted('dns', () => [instance('1')])]);
  expect(await client.discover('orders')).toMatchObject({ id: '1' });
  expect(slow.find.mock.calls[0]?.[1].aborted).toBe(true);
});

test('H59 H105 a discovery ends with its own time, and says what was tried until then', async () => {
  const client = clientOf([scripted('registry', () => []), scripted('broadcast', () => new Promise(() => {}), 60_000)]);
  await expect(client.discover('orders', { timeoutMs: 30 })).rejects.toMatchObject({
    code: 'DISCOVERY_TIMEOUT',
    message: expect.stringMatching(/registry \(.*\): no such service.*\n.*broadcast \(.*\): no answer yet/),
  });
});

test('H54 H60 H126 retries try all strategies again, with growing pauses', async () => {
  let calls = 0;
  const strategy = scripted('registry', () => (++calls < 3 ? [] : [instance('1')]));
  const client = clientOf([strategy]);
  await expect(client.discover('orders', { retries: 1 })).rejects.toMatchObject({ code: 'DISCOVERY_FAILED' });
  expect(calls).toBe(2);
  expect(await client.discover('orders', { retries: 3 })).toMatchObject({ id: '1' });
});

test('H11 H55 H109 H127 H180 H182 H183 what was found is asked for once, and known at once', async () => {
  const counted: Record<string, number> = {};
  const metrics = {
    ...noTelemetry.metrics,
    counter: (name: string) => ({
      add: () => {
        counted[name] = (counted[name] ?? 0) + 1;
      },
    }),
  };
  const strategy = scripted('registry', () => [instance('1'), instance('2')]);
  const client = clientOf([strategy], { telemetry: { ...noTelemetry, metrics } });
  expect(client.lookup('orders')).toBeUndefined();
  await client.discover('orders');
  await client.discover('orders');
  expect((await client.discoverAll('orders')).map(({ id }) => id)).toEqual(['1', '2']);
  expect(client.lookup('orders')).toMatchObject({ id: '1' });
  expect(strategy.find).toHaveBeenCalledTimes(1);
  expect(counted).toMatchObject({
    discovery_cache_misses_total: 1,
    discovery_cache_hits_total: 2,
    discovery_requests_total: 1,
  });
});

test('H219 a cache that is switched off keeps nothing', async () => {
  const strategy = scripted('registry', () => [instance('1')]);
  const client = clientOf([strategy], { cache: { enabled: false } });
  await client.discover('orders');
  await client.discover('orders');
  expect([strategy.find.mock.calls.length, client.lookup('orders')]).toEqual([2, undefined]);
});

test('H106 H108 H220 a stale answer is given at once and looked for anew in the background', async () => {
  let port = 1;
  const strategy = scripted('registry', () => [instance('1', { port: port++ })]);
  const client = clientOf([strategy], { cache: { ttlMs: 1, staleMs: 60_000 } });
  expect((await client.discover('orders')).port).toBe(1);
  await sleep(5);
  expect((await client.discover('orders')).port).toBe(1);
  await expect.poll(() => client.lookup('orders')?.port, { timeout: 30_000 }).toBeGreaterThan(1);
});

test('H106 what is changed is looked for anew, and what is gone is not given', async () => {
  let found: readonly Endpoint[] = [instance('1')];
  const strategy = scripted('registry', () => found);
  const client = clientOf([strategy]);
  await client.discover('orders');
  found = [instance('1', { port: 9000 })];
  strategy.change('orders');
  expect((await client.discover('orders')).port).toBe(9000);
  found = [];
  strategy.change();
  expect(client.lookup('orders')).toBeUndefined();
  await expect(client.discover('orders')).rejects.toMatchObject({ code: 'DISCOVERY_FAILED' });
});

test('what changes while it is looked for is looked for again', async () => {
  let answer = (_: unknown): void => {};
  let port = 1;
  const strategy = scripted('registry', () =>
    port === 1
      ? new Promise((resolve) => {
          answer = resolve;
        })
      : [instance('1', { port })],
  );
  const client = clientOf([strategy]);
  const found = client.discover('orders');
  await vi.waitFor(() => expect(strategy.find).toHaveBeenCalled());
  const before = [instance('1', { port: port++ })];
  strategy.change('orders');
  answer(before);
  expect((await found).port).toBe(1);
  expect((await client.discover('orders')).port).toBe(2);
});

test('H106 H107 when nobody can tell, what was known before stands in, with a warning', async () => {
  const log = vi.fn();
  let reachable = true;
  const strategy = scripted('registry', () => (reachable ? [instance('1')] : away()));
  const client = clientOf([strategy, scripted('dns', () => [])], { telemetry: { ...noTelemetry, log } });
  await client.discover('orders');
  reachable = false;
  strategy.change();
  expect(await client.discover('orders')).toMatchObject({ id: '1' });
  expect(log).toHaveBeenCalledWith('warn', 'Discovery answered from a stale cache', {
    service_name: 'orders',
    reason: 'connection refused',
  });
});

test('what an announcement said does not outlive its time', async () => {
  const strategy = scripted('broadcast', () => [instance('1', { ttlMs: 1 })]);
  const client = clientOf([strategy]);
  await client.discover('orders');
  await sleep(5);
  expect(client.lookup('orders')).toBeUndefined();
  await client.discover('orders');
  expect(strategy.find).toHaveBeenCalledTimes(2);
});

test('H221 of too many services, the one that was found longest ago is forgotten', async () => {
  const client = clientOf([scripted('registry', (name) => [instance('1', { name })])], { cache: { maxEntries: 2 } });
  for (const name of ['a', 'b', 'c']) await client.discover(name);
  expect(['a', 'b', 'c'].map((name) => client.lookup(name)?.name)).toEqual([undefined, 'b', 'c']);
});

test('H56 H93 H143 an unhealthy instance is not given, and one that did not answer is avoided', async () => {
  const found = [instance('1', { status: 'unhealthy' }), instance('2'), instance('3')];
  const client = clientOf([scripted('registry', () => found)]);
  const first = await client.discover('orders');
  expect(first.id).toBe('2');
  client.reportFailure(first);
  expect((await client.discover('orders')).id).toBe('3');
  client.reportFailure(await client.discover('orders'));
  // Better one that may not answer than none.
  expect((await client.discover('orders')).id).toBe('2');
});

test('an instance that came back at another address is not avoided', async () => {
  let port = 1;
  const client = clientOf([scripted('registry', () => [instance('1', { port }), instance('2')])]);
  client.reportFailure(await client.discover('orders'));
  port = 2;
  expect(await client.discover('orders')).toMatchObject({ id: '1', port: 2 });
});

test('H128 H157 a thousand discoveries at once of one service ask once', async () => {
  const strategy = scripted('registry', async () => {
    await sleep(5);
    return [instance('1')];
  });
  const client = clientOf([strategy]);
  const found = await Promise.all(Array.from({ length: 1000 }, () => client.discover('orders')));
  expect(new Set(found.map(({ id }) => id))).toEqual(new Set(['1']));
  expect(strategy.find).toHaveBeenCalledTimes(1);
});

test('H95 an address that a person has set wins over everything', async () => {
  const strategy = scripted('registry', () => [instance('1')]);
  const client = clientOf([strategy], { overrides: { orders: [instance('by-hand')] } });
  expect([(await client.discover('orders')).id, client.lookup('orders')?.id]).toEqual(['by-hand', 'by-hand']);
  expect(strategy.find).not.toHaveBeenCalled();
});

test('H95 it wins over what others give somebody who watches, too', async () => {
  const strategy = scripted('registry', (name) => [instance('1', { name })]);
  const client = clientOf([strategy], { overrides: { orders: [instance('by-hand')] } });
  const watching = client.watch('orders')[Symbol.asyncIterator]();
  expect(text((await watching.next()).value)).toBe('registered by-hand 8080');
  expect((await client.discover('orders')).id).toBe('by-hand');
  expect((await client.discoverAll('orders')).map(({ id }) => id)).toEqual(['by-hand']);
  expect((await client.discover('billing')).id).toBe('1');
});

test('H62 watch gives what is there, then what comes, changes and goes', async () => {
  let found: readonly Endpoint[] = [instance('1')];
  let reachable = true;
  const strategy = scripted('registry', () => (reachable ? found : away()));
  const client = clientOf([strategy], { watchIntervalMs: 5 });
  const seen: string[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const event of client.watch('orders', { signal: stop.signal })) seen.push(text(event));
  })();
  const until = (expected: string) => expect.poll(() => seen.at(-1), { timeout: 30_000, interval: 1 }).toBe(expected);
  await until('registered 1 8080');
  found = [instance('1', { port: 9000, lastHeartbeat: 5 }), instance('2')];
  strategy.change('orders');
  await until('registered 2 8080');
  // Who cannot be asked has not said that anything is gone.
  reachable = false;
  strategy.change('orders');
  await sleep(20);
  reachable = true;
  found = [instance('2')];
  await until('deregistered 1 9000');
  stop.abort();
  await watching;
  expect(seen).toEqual(['registered 1 8080', 'updated 1 9000', 'registered 2 8080', 'deregistered 1 9000']);
});

test('H63 R9 close ends watches and waiting discoveries, closes the strategies, and may be called twice', async () => {
  const strategy = scripted('registry', () => new Promise(() => {}), 60_000);
  const client = clientOf([strategy]);
  const found = client.discover('orders').catch((error) => error);
  const watching = (async () => {
    for await (const _ of client.watch('orders'));
  })();
  await client.close();
  await client.close();
  await watching;
  expect(await found).toMatchObject({ code: 'USAGE', message: expect.stringContaining('closed') });
  await expect(client.discover('orders')).rejects.toMatchObject({ code: 'USAGE' });
  expect(strategy.close).toHaveBeenCalledTimes(1);
});

test('a discovery ends with its signal', async () => {
  const client = clientOf([scripted('registry', () => new Promise(() => {}), 60_000)]);
  const stop = new AbortController();
  const found = client.discover('orders', { signal: stop.signal });
  setImmediate(() => stop.abort(new Error('enough')));
  await expect(found).rejects.toThrow('enough');
  await expect(client.discover('orders', { signal: stop.signal })).rejects.toThrow('enough');
});

function text({ type, endpoint }: ServiceEvent): string {
  return `${type} ${endpoint.id} ${endpoint.port}`;
}
