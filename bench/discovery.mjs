import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Announcer, Listener } from '../dist/broadcast/index.js';
import {
  BroadcastStrategy,
  DefaultPortStrategy,
  DiscoveryClient,
  DnsStrategy,
  FileStrategy,
} from '../dist/entries/discovery.js';
import { ServiceRegistry } from '../dist/entries/registry.js';
import { discoverOverHttp } from './lib/discover-over-http.mjs';
import { documented, documents, p99Row } from './lib/documented-row.mjs';
import { startNameServer } from './lib/name-server.mjs';
import { pace } from './lib/pace.mjs';
import { row } from './lib/row.mjs';
import { speedRows } from './ports.mjs';

const secret = 'the secret of the bench, which is long enough';
const never = new AbortController().signal;
const endpoint = (id, name, port) => ({
  id,
  name,
  kind: 'http',
  host: '127.0.0.1',
  port,
  protocol: 'http',
  url: `http://127.0.0.1:${port}`,
  baseUrl: `http://127.0.0.1:${port}`,
  metadata: {},
  status: 'healthy',
  registeredAt: 0,
  lastHeartbeat: 0,
  ports: [],
});

/** Times allocation, registry, each discovery strategy and broadcast, beside the table of the requirements. */
export async function bench(say, { scale = 1 } = {}) {
  const count = (whole) => Math.max(100, Math.round(whole * scale));
  say('allocation');
  const rows = await speedRows(count(20_000), 'discovery.ports');
  say('look-ups in the process');
  rows.push(...(await inProcess(count)));
  say('discovery over HTTP, with the registry in a process of its own');
  rows.push(...(await discoverOverHttp(count)));
  say('each strategy');
  rows.push(...(await eachStrategy(count)));
  say('signed broadcast');
  rows.push(...(await broadcast(count)));
  return rows;
}

async function inProcess(count) {
  const registry = new ServiceRegistry({ now: Date.now });
  for (let index = 0; index < 100; index++) registry.register(endpoint(`${index}`, `service-${index}`, 1000 + index));
  const client = new DiscoveryClient({
    strategies: [
      { name: 'registry', timeoutMs: 1000, describe: () => '', find: async (name) => registry.lookup(name) },
    ],
  });
  for (let index = 0; index < 100; index++) await client.discover(`service-${index}`);
  const names = Array.from({ length: 100 }, (_, index) => `service-${index}`);
  const times = count(2_000_000);
  const each = (look) => {
    for (let index = 0; index < times / 10; index++) look(names[index % 100]);
    const start = performance.now();
    for (let index = 0; index < times; index++) look(names[index % 100]);
    return (times / (performance.now() - start)) * 1000;
  };
  const map = new Map(names.map((name) => [name, [name]]));
  const floor = each((name) => map.get(name));
  const got = each((name) => registry.lookup(name));
  const lookedUp = each((name) => client.lookup(name));
  const start = performance.now();
  for (let index = 0; index < times; index++) await client.discover(names[index % 100]);
  const awaited = (times / (performance.now() - start)) * 1000;
  const discovered = each((name) => client.discover(name));
  const longest = await pace(count(20_000), () => client.discover('service-7'));
  await client.close();
  const beside = { against: `a bare Map, ${Math.round(floor)} /s`, floor };
  return [
    row({
      id: 'registry.get.rate',
      what: 'registry get, in the process',
      value: got,
      unit: '/s',
      ...beside,
      atLeast: 2_000_000,
    }),
    row({
      id: 'discover.sync.rate',
      what: 'synchronous look-up',
      value: lookedUp,
      unit: '/s',
      ...beside,
      atLeast: 2_000_000,
    }),
    row({
      id: 'discover.cached.rate',
      what: 'discover, cached',
      value: discovered,
      unit: '/s',
      ...beside,
      atLeast: 2_000_000,
    }),
    row({ id: 'discover.awaited.rate', what: 'discover, cached, each awaited', value: awaited, unit: '/s', ...beside }),
    p99Row('discover.cached', 'discover, cached', longest, documented.cached),
  ];
}

async function eachStrategy(count) {
  const folder = mkdtempSync(join(tmpdir(), 'portside-bench-'));
  const file = join(folder, 'services.json');
  writeFileSync(file, JSON.stringify({ services: { orders: 'http://127.0.0.1:8080' } }));
  const web = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(web, 'listening');
  const nameServer = await startNameServer();
  const channel = `239.255.0.1:${await freePort()}`;
  const options = { secret, now: Date.now, channels: [channel] };
  const announcer = new Announcer(options);
  const broadcastStrategy = new BroadcastStrategy({ listener: () => new Listener(options), channel, now: Date.now });
  const heard = broadcastStrategy.find('orders', never);
  const again = setInterval(() => announcer.announce('register', service), 20);
  await heard;
  clearInterval(again);
  const { port } = web.address();
  const strategies = [
    new DefaultPortStrategy({
      placeOf: () => ({ kind: 'http', port }),
      handshake: async ({ host, port: at }) => ({ ok: (await fetch(`http://${host}:${at}/health`)).ok }),
      now: Date.now,
    }),
    broadcastStrategy,
    new DnsStrategy({ servers: [nameServer.address], ports: { orders: 8080 }, now: Date.now }),
    new FileStrategy({ path: file, now: Date.now }),
  ];
  try {
    const rows = [];
    for (const strategy of strategies) {
      const times = await pace(count(1000), () => strategy.find('orders', never));
      rows.push(p99Row(`strategy.${strategy.name}`, `strategy ${strategy.name}`, times, documented.uncached));
    }
    return rows;
  } finally {
    for (const strategy of strategies) await strategy.close?.();
    await announcer.stop();
    nameServer.close();
    web.closeAllConnections();
    web.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const service = {
  id: 'orders-1',
  name: 'orders',
  host: '127.0.0.1',
  port: 8080,
  protocol: 'http',
  metadata: { zone: 'a' },
};

async function broadcast(count) {
  const channel = `239.255.0.1:${await freePort()}`;
  const options = { secret, now: Date.now, channels: [channel] };
  const announcer = new Announcer(options);
  const listener = new Listener(options);
  await listener.start();
  try {
    await announcer.announce('register', service);
    const sent = await pace(count(20_000), () => announcer.announce('heartbeat', service));
    const heard = await pace(count(3000), async () => {
      const arrived = new Promise((resolve) => {
        const end = listener.on('heartbeat', () => {
          end();
          resolve();
        });
      });
      await Promise.all([arrived, announcer.announce('heartbeat', service)]);
    });
    return [
      row({
        id: 'discovery.broadcast.send.rate',
        what: 'announce, signed',
        value: sent.perSecond,
        unit: '/s',
        against: documents(documented.broadcast),
        atLeast: 20_000,
      }),
      p99Row('discovery.broadcast.send', 'announce, signed', sent, documented.broadcast),
      p99Row('discovery.broadcast.heard', 'announce until heard and verified', heard, documented.broadcast),
    ];
  } finally {
    await announcer.stop();
    await listener.stop();
  }
}

async function freePort() {
  const socket = createSocket({ type: 'udp4', reuseAddr: true }).bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return port;
}
