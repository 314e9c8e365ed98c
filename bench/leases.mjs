import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { Redis } from 'ioredis';
import pg from 'pg';
import { setup } from '../scripts/setup.mjs';
import { demoFile } from './lib/demo-stack.mjs';
import { leaseMemory } from './lib/lease-memory.mjs';
import { row } from './lib/row.mjs';
import { testcontainersStarter } from './lib/testcontainers-stack.mjs';

const { openEnvironment } = await import(fileURLToPath(new URL('../dist/index.js', import.meta.url)));
const database = 'postgres-primary';
const suites = 16;

/**
 * Times leases on both runtimes: one service, the whole stack, with a full and with an empty pool; how many a second, beside a
 * loop of bare statements on the same server; and sixteen suites, beside a set of containers for each of them.
 */
export async function bench(say, { leases = 500 } = {}) {
  await setup();
  const rows = [];
  for (const [runtime, count] of [
    ['embedded', leases],
    ['docker', leases],
  ]) {
    const folder = mkdtempSync(join(tmpdir(), 'psb-'));
    try {
      rows.push(...(await onRuntime(runtime, count, folder, say)));
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  }
  return rows;
}

async function onRuntime(runtime, count, folder, say) {
  const environment = { ...process.env, PORTSIDE_STATE_DIR: folder };
  const source = { cwd: folder, files: [demoFile], environment, settings: { runtime } };
  const env = await openEnvironment({ source, client: 'bench' });
  try {
    return await measured(runtime, count, env, say);
  } finally {
    await env.close();
  }
}

async function measured(runtime, count, env, say) {
  say(`${runtime}: ${count} leases of a database from a filled pool`);
  const one = await pooled(count, () => env.lease(database), 25);
  say(`${runtime}: ${count} resets`);
  const resets = await timed(count, async (lease) => lease.reset(), await env.lease(database));
  say(`${runtime}: ${count} leases as fast as they come, beside the bare statements`);
  const sustained = await sustainedBeside(env, count);
  const memory =
    runtime === 'embedded'
      ? await leaseMemory(
          env,
          () => env.lease(database),
          (text) => say(`${runtime}: ${text}`),
        )
      : [];
  const forks = Math.min(count, 60);
  say(`${runtime}: ${forks} forks of the whole stack from a filled pool`);
  const whole = await pooled(forks, () => env.fork(), 1000, firstAnswer);
  say(`${runtime}: forks that find the pool empty`);
  const empty = await emptyForks(env);
  say(`${runtime}: ${suites} suites, each with a stack of its own`);
  const together = await suitesByForks(env);
  const peer = runtime === 'docker' ? await suitesByContainers(say) : undefined;
  const id = (name) => `leases.${runtime}.${name}`;
  const at = (name, what, value, more = {}) =>
    row({ id: id(name), what: `${runtime}: ${what}`, value, unit: 'ms', ...more });
  return [
    at('lease.p50', 'a database from a filled pool, median', one.take.p50, { limit: 2 }),
    at('lease.p99', 'the same, p99', one.take.p99, { limit: 15 }),
    at('release.p50', 'its release, median', one.release.p50),
    at('reset.p50', 'its reset, median', resets.p50),
    at('reset.p99', 'its reset, p99', resets.p99),
    row({
      id: id('sustained'),
      what: `${runtime}: databases leased and released a second`,
      value: sustained.leased,
      unit: '/s',
      against: `CREATE and DROP DATABASE alone, in as many sessions, ${sustained.bare.toFixed(1)}/s`,
      floor: sustained.bare,
      ratioAtLeast: 0.8,
    }),
    ...memory,
    at('fork.p50', 'the stack from a filled pool, median', whole.take.p50, { limit: 5 }),
    at('fork.answer', 'from there to the first answer of its API that touches both, median', whole.use.p50, {
      limit: 25,
    }),
    at('fork.empty', 'the stack from an empty pool, median', empty, { limit: runtime === 'docker' ? 1000 : 500 }),
    at('suites', `${suites} suites at once, until each has its first answer`, together, {
      ...(peer === undefined
        ? {}
        : {
            against: `a set of containers each by Testcontainers, ${Math.round(peer)} ms`,
            floor: peer,
            ratioLimit: 0.1,
          }),
    }),
  ];
}

/** Takes one after the other, with pauses in which the pool fills; gives the times of taking, using and releasing. */
async function pooled(count, take, pauseMs, use = async () => undefined) {
  await (await take()).release();
  const taking = [];
  const using = [];
  const releasing = [];
  for (let index = 0; index < count; index++) {
    await sleep(pauseMs);
    const began = performance.now();
    const held = await take();
    const taken = performance.now();
    await use(held);
    const used = performance.now();
    await held.release();
    taking.push(taken - began);
    using.push(used - taken);
    releasing.push(performance.now() - used);
  }
  return { take: summary(taking), use: summary(using), release: summary(releasing) };
}

async function timed(count, act, held) {
  const times = [];
  for (let index = 0; index < count; index++) {
    const began = performance.now();
    await act(held);
    times.push(performance.now() - began);
  }
  await held.release();
  return summary(times);
}

const loops = 4;

/**
 * How many databases a second are leased and released by four loops without a pause, and made from the same template in the same way and
 * dropped by four bare sessions: in turns, medians. Both leave nothing behind, and the server has made and dropped many before.
 */
async function sustainedBeside(env, count) {
  const part = Math.ceil(count / 5);
  const admins = await adminsOf(env);
  const lease = async () => (await env.lease(database)).release();
  let number = 0;
  const bare = async (loop) => {
    const name = `bench_${number++}`;
    await admins[loop].query(`CREATE DATABASE ${name} TEMPLATE portside_template STRATEGY FILE_COPY`);
    await admins[loop].query(`DROP DATABASE ${name}`);
  };
  const rounds = [];
  for (let round = 0; round < 7; round++) {
    const leased = await rate(part, lease);
    // What releases have left to the background is done before the other side begins.
    await sleep(1000);
    rounds.push({ leased, bare: await rate(part, bare) });
  }
  await Promise.all(admins.map((admin) => admin.end()));
  const middle = (key) => summary(rounds.map((one) => one[key])).p50;
  return { leased: middle('leased'), bare: middle('bare') };
}

/** The clock runs from the end of the first fifty on: what releases leave to the background is as much then as at the end. */
async function rate(count, act) {
  const ahead = 50;
  let left = ahead + count;
  let done = 0;
  let began = 0;
  const worker = async (loop) => {
    while (left-- > 0) {
      await act(loop);
      if (++done === ahead) began = performance.now();
    }
  };
  await Promise.all(Array.from({ length: loops }, (_, loop) => worker(loop)));
  return (count / (performance.now() - began)) * 1000;
}

async function adminsOf(env) {
  const { url } = await env.discover(database);
  const at = url.replace(/[^/]+$/, 'postgres');
  return Promise.all(
    Array.from({ length: loops }, async () => {
      const admin = new pg.Client({ connectionString: at });
      await admin.connect();
      return admin;
    }),
  );
}

/** Asks the fork's own API for something that it reads from both stores. */
async function firstAnswer(fork) {
  const { baseUrl } = await fork.discover('api');
  const response = await fetch(`${baseUrl}/orders`);
  if (!response.ok) throw new Error(`The API answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** Forks in bursts that are larger than any pool; the slowest of a burst of one after an exhausting one counts. */
async function emptyForks(env) {
  const times = [];
  for (let round = 0; round < 5; round++) {
    const held = await Promise.all(Array.from({ length: 9 }, () => env.fork()));
    const began = performance.now();
    const fork = await env.fork();
    times.push(performance.now() - began);
    await Promise.all([fork, ...held].map((one) => one.release()));
    await sleep(500);
  }
  return summary(times).p50;
}

async function suitesByForks(env) {
  await sleep(3000);
  const began = performance.now();
  const forks = await Promise.all(
    Array.from({ length: suites }, async () => {
      const fork = await env.fork();
      const [db, cache] = await Promise.all([fork.discover(database), fork.discover('cache')]);
      await Promise.all([queryOnce(db.url), pingOnce(cache.url), firstAnswer(fork)]);
      return fork;
    }),
  );
  const ms = performance.now() - began;
  await Promise.all(forks.map((fork) => fork.release()));
  return ms;
}

async function suitesByContainers(say) {
  say(`${suites} sets of containers by Testcontainers`);
  const [{ Image: apiImage }] = await new Docker().listContainers({ filters: { label: ['dev.portside.service=api'] } });
  const start = await testcontainersStarter(apiImage);
  const began = performance.now();
  const stops = await Promise.all(Array.from({ length: suites }, () => start()));
  const ms = performance.now() - began;
  await Promise.all(stops.map((stop) => stop()));
  return ms;
}

async function queryOnce(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('SELECT count(*) FROM orders');
  await client.end();
}

async function pingOnce(url) {
  const redis = new Redis(url);
  await redis.ping();
  redis.disconnect();
}

function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    p50: sorted[sorted.length >> 1],
    p99: sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.99))],
  };
}
