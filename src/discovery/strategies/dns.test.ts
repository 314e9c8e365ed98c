import { expect, test } from 'vitest';
import { startDnsServer } from '../../../test/support/dns-server.js';
import { DnsStrategy } from './dns.js';

const never = new AbortController().signal;
const places = async (strategy: DnsStrategy, name: string) =>
  (await strategy.find(name, never)).map(({ host, port }) => `${host} ${port}`);

test('H67 SRV records give host and port, by priority and weight, and their targets are looked up', async () => {
  const domain = 'default.svc.cluster.local';
  const srv = { type: 'SRV', priority: 0, weight: 1 } as const;
  const { address, asked } = await startDnsServer({
    [`_orders._tcp.${domain}`]: [
      { ...srv, port: 8082, target: 'orders-1.local', priority: 9 },
      { ...srv, port: 8080, target: 'orders-0.local' },
      { ...srv, port: 8081, target: 'orders-0.local', weight: 5 },
    ],
    'orders-0.local': [{ type: 'A', address: '10.0.0.7' }],
    'orders-1.local': [{ type: 'AAAA', groups: [0xfd00, 0, 0, 0, 0, 0, 0, 8] }],
  });
  const strategy = new DnsStrategy({ servers: [address], domain, now: () => 0 });
  expect(await places(strategy, 'orders')).toEqual(['10.0.0.7 8081', '10.0.0.7 8080', 'fd00::8 8082']);
  expect(asked[0]).toBe(`SRV _orders._tcp.${domain}`);
  expect((await strategy.find('orders', never))[0]).toMatchObject({ name: 'orders', status: 'healthy', kind: 'tcp' });
});

test('H67 without SRV the addresses of the name count, on the port that is given for it', async () => {
  const { address } = await startDnsServer({
    'tasks.orders': [
      { type: 'A', address: '10.0.1.3' },
      { type: 'A', address: '10.0.1.4' },
    ],
  });
  const strategy = new DnsStrategy({ servers: [address], ports: { 'tasks.orders': 8080 }, now: () => 0 });
  expect(await places(strategy, 'tasks.orders')).toEqual(['10.0.1.3 8080', '10.0.1.4 8080']);
});

test('a name that DNS does not know has no instance; one without a known port is told', async () => {
  const { address } = await startDnsServer({ orders: [{ type: 'A', address: '10.0.0.1' }] });
  const strategy = new DnsStrategy({ servers: [address], now: () => 0 });
  expect(await strategy.find('nobody', never)).toEqual([]);
  await expect(strategy.find('orders', never)).rejects.toThrow('no port that is known');
  expect(strategy.describe('orders')).toBe(`SRV _orders._tcp, then A and AAAA orders at ${address}`);
});

test('H99 H104 a name server that does not answer is given up when the signal aborts', async () => {
  const { address } = await startDnsServer({}, { silent: true });
  const strategy = new DnsStrategy({ servers: [address], now: () => 0 });
  const end = new AbortController();
  const found = strategy.find('orders', end.signal);
  setImmediate(() => end.abort());
  await expect(found).rejects.toThrow();
});
