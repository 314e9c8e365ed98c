import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Endpoint } from '../../src/model/index.js';
import { describeWithDocker, docker } from '../support/docker.js';
import { withLeasing } from '../support/leasing.js';
import { queryAs } from '../support/postgres-leases.js';
import { ioredis } from '../support/redis-leases.js';

const orders = fileURLToPath(new URL('../../compose/stack.yaml', import.meta.url));

async function text(endpoint: Endpoint | undefined, path: string): Promise<string> {
  return (await fetch(`${endpoint?.url}${path}`)).text();
}

async function list(endpoint: Endpoint | undefined) {
  const { orders, created } = JSON.parse(await text(endpoint, '/orders')) as { orders: unknown[]; created: number };
  return { orders: orders.length, created };
}

async function order(endpoint: Endpoint | undefined): Promise<number> {
  const body = JSON.stringify({ customer: 'Ada', item: 'lamp', quantity: 1 });
  const answer = await fetch(`${endpoint?.url}/orders`, { method: 'POST', body });
  return answer.status;
}

/** Two programs, of which one asks the other by the name in its environment, or by a name of its own. */
const who = "http.createServer((q, r) => r.end(process.pid + '@' + os.hostname())).listen(process.env.PORT ?? 8080)";
const relay = `http.createServer(async (q, r) => {
  const url = q.url === '/hard' ? 'http://teller:8080' : process.env.TELLER_URL;
  const answer = await fetch(url).catch(() => undefined);
  r.writeHead(answer?.status ?? 503).end(await answer?.text());
}).listen(process.env.PORT ?? 8080)`;

const program = (name: string, script: string, more = '') => `
  ${name}:
    image: node:20-slim
    command: ['node', '-e', ${JSON.stringify(script.replaceAll(/\s+/g, ' '))}]
    expose: ['8080']
    x-portside: { kind: http, embedded: { command: ['node', '-e', ${JSON.stringify(script.replaceAll(/\s+/g, ' '))}], cwd: / } }
${more}`;

const pair = `
services:
${program('asker', relay, "    environment: { TELLER_URL: 'http://teller:8080' }")}
${program('teller', who)}
`;

/** A service whose image brings a health check, and another that waits for that. */
const checked = `
services:
  store:
    build:
      context: .
      dockerfile_inline: |
        FROM node:20-slim
        HEALTHCHECK --interval=1s CMD true
        CMD ["node", "-e", "net.createServer().listen(7000)"]
    labels: { portside.isolation: copy, portside.kind: tcp }
    expose: ['7000']
  client:
    image: node:20-slim
    command: ['node', '-e', 'setInterval(() => {}, 1000)']
    labels: { portside.kind: worker }
    depends_on: { store: { condition: service_healthy } }
`;

/** A program that listens on nothing and writes to Redis who it is. */
const consumer = (body: string) => `
services:
  cache:
    image: redis:7-alpine
    expose: ['6379']
  consumer:
    image: node:20-slim
    command: ['node', '-e', ${JSON.stringify(body)}]
    labels: { portside.isolation: copy, portside.kind: worker }
    environment: { REDIS_HOST: cache, REDIS_PORT: '6379' }
    depends_on: { cache: { condition: service_healthy } }
    x-portside: { embedded: { command: ['node', '-e', ${JSON.stringify(body)}], cwd: / } }
`;
const writes =
  "net.connect(process.env.REDIS_PORT, process.env.REDIS_HOST, function () { this.write('INCR seen\\r\\n') }).resume(); setInterval(() => {}, 1000)";

function suite(runtime: 'docker' | 'embedded'): void {
  test('two copies of one API write to the database and cache of their own fork only', async () => {
    await withLeasing(runtime, orders, async (t) => {
      const [own] = t.environment.registry.lookup('api');
      const before = await list(own);
      const [first, second] = await Promise.all([t.fork(), t.fork()]);
      expect(Object.keys(first.endpoints).sort()).toEqual(['api', 'cache', 'postgres-primary']);
      const apis = [first, second].map((fork) => fork.endpoints['api']);
      expect(new Set([own, ...apis].map((endpoint) => endpoint?.url)).size).toBe(3);
      expect(await list(apis[0])).toEqual({ orders: before.orders, created: 0 });

      expect(await order(apis[0])).toBe(201);
      expect(await list(apis[0])).toEqual({ orders: before.orders + 1, created: 1 });
      expect(await list(apis[1])).toEqual({ orders: before.orders, created: 0 });
      expect(await list(own)).toEqual(before);
      const count1 = await queryAs(
        first.endpoints['postgres-primary'] as never,
        'SELECT count(*)::int AS n FROM orders',
      );
      expect(count1).toEqual([{ n: before.orders + 1 }]);

      await first.release();
      await second.release();
      expect(await list(own)).toEqual(before);
    });
  });

  test('H144 a program without a port works for its own fork when it is labelled so', async () => {
    await withLeasing(runtime, consumer(writes), async ({ fork }) => {
      const forks = await Promise.all([fork(['consumer']), fork()]);
      for (const { endpoints } of forks) {
        expect(endpoints['consumer']).toMatchObject({ kind: 'tcp', port: 0 });
        const redis = ioredis({ endpoint: endpoints['cache'] as Endpoint });
        await expect.poll(() => redis.get('seen'), { timeout: 30_000 }).toBe('1');
        redis.disconnect();
      }
    });
  });

  test('a copy that is killed harms only its own fork, and one that is leased again is another', async () => {
    await withLeasing(runtime, pair, async (t) => {
      const [own] = t.environment.registry.lookup('teller');
      const original = await text(own, '/');
      const [first, second] = await Promise.all([t.fork(), t.fork()]);
      const answers = await Promise.all([first, second].map((fork) => text(fork.endpoints['teller'], '/')));
      expect(new Set([original, ...answers]).size).toBe(3);
      // Which one is asked follows from the fork, not from the name that both have in their environment.
      expect(await text(first.endpoints['asker'], '/')).toBe(answers[0]);
      expect(await text(second.endpoints['asker'], '/')).toBe(answers[1]);
      if (runtime === 'docker') expect(await text(second.endpoints['asker'], '/hard')).toBe(answers[1]);

      const id = first.ids['teller'] ?? '';
      if (runtime === 'docker') docker(['kill', docker(['ps', '-q', '--filter', `label=dev.portside.lease=${id}`])]);
      else process.kill(Number(answers[0]?.split('@')[0]), 'SIGKILL');
      await expect
        .poll(() => text(first.endpoints['teller'], '/').catch(() => 'down'), { timeout: 30_000 })
        .toBe('down');
      expect(await text(second.endpoints['asker'], '/')).toBe(answers[1]);
      expect(await text(own, '/')).toBe(original);
      const reset = t.leases.reset(id);
      if (runtime === 'docker') await expect(reset).rejects.toMatchObject({ code: 'LEASE_FAILED' });
      else await reset.then(async () => expect(await text(first.endpoints['teller'], '/')).toMatch(/^\d+@/));
      await first.release();
      const third = await t.fork(['teller']);
      expect(answers).not.toContain(await text(third.endpoints['teller'], '/'));
    });
  });
}

describe('API leases on the embedded runtime', () => suite('embedded'));
describeWithDocker('API leases on Docker', () => {
  suite('docker');

  test('a copy of what only its image can call healthy is waited for', async () => {
    await withLeasing('docker', checked, async ({ fork }) => {
      const { endpoints } = await fork();
      expect(Object.keys(endpoints)).toEqual(['store']);
    });
  });
});
