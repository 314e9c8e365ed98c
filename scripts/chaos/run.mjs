import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startDelayingProxy } from './delaying-proxy.mjs';
import { startProgram, startRole } from './processes.mjs';

const inside = 'PORTSIDE_CHAOS_INSIDE';
const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const channel = '239.255.0.1:7001';
const names = ['orders', 'stock'];
const instances = 3;
const registryPort = 7000;
const token = randomBytes(32).toString('base64url');
const secret = randomBytes(32).toString('base64url');

/** Disturbs everything for so many seconds; ends with 1 when a client does not find its way again. */
export async function start({ seconds, seed }) {
  if (process.env[inside] === undefined) return inNetworkOfItsOwn();
  execFileSync('ip', ['link', 'set', 'lo', 'up']);
  const random = seeded(seed);
  const state = mkdtempSync(join(tmpdir(), 'portside-chaos-'));
  const env = { ...process.env, PORTSIDE_STATE_DIR: state };
  const tokenFile = join(state, 'token');
  writeFileSync(tokenFile, token, { mode: 0o600 });
  const proxy = await startDelayingProxy(registryPort);
  const address = { url: `http://127.0.0.1:${proxy.port}`, token };
  const common = { registry: address, channel, secret };

  const startRegistry = () =>
    startProgram(
      [cli, 'registry', '--listen', `127.0.0.1:${registryPort}`, '--token-file', tokenFile, '--json', '--quiet'],
      env,
      (line) => line.includes('"storage"'),
    );
  const services = new Map();
  const startService = async (id) => {
    const name = id.split('-')[0];
    // All want the same port: one of them gets it.
    services.set(id, await startRole('service', { ...common, id, name, preferred: 20_000 }, env));
  };
  const ids = names.flatMap((name) => Array.from({ length: instances }, (_, index) => `${name}-${index + 1}`));

  let registry = await startRegistry();
  await Promise.all(ids.map(startService));
  const clients = await Promise.all([1, 2].map(() => startRole('client', { ...common, names }, env)));
  const everybody = () => [...services.values(), ...clients];
  const living = () =>
    Object.fromEntries(names.map((name) => [name, ids.filter((id) => id.startsWith(name) && services.has(id))]));

  /** Waits until every client finds exactly what lives. */
  const settle = async (what) => {
    const begin = performance.now();
    const wanted = JSON.stringify(living());
    let reports = [];
    while (performance.now() - begin < 60_000) {
      reports = await Promise.all(clients.map(reportOf));
      if (reports.every(({ found }) => JSON.stringify(sorted(found)) === wanted)) {
        console.log(
          `${what}: every client finds every living service and no dead one, after ${Math.round(performance.now() - begin)} ms`,
        );
        return reports;
      }
      await sleep(50);
    }
    throw new Error(`${what}: clients find ${JSON.stringify(reports.map(({ found }) => found))}, living are ${wanted}`);
  };

  const disturbances = {
    'restart a service': async () => {
      const id = pick(random, ids);
      const service = services.get(id);
      await service.kill();
      services.delete(id);
      await sleep(random() * 500);
      await startService(id);
    },
    'restart the registry': async () => {
      await registry.kill();
      await sleep(random() * 1500);
      registry = await startRegistry();
    },
    'cut the broadcast': async () => {
      cutBroadcast(true);
      await sleep(random() * 2000);
      cutBroadcast(false);
    },
    'delay the network': async () => {
      proxy.delay(Math.round(random() * 400));
      await sleep(random() * 2000);
      proxy.delay(0);
    },
    'hang a service': async () => {
      const service = services.get(pick(random, ids));
      service?.signal('SIGSTOP');
      await sleep(random() * 3000);
      service?.signal('SIGCONT');
    },
    'take ports': async () => {
      const thieves = await Promise.all(Array.from({ length: 20 }, (_, index) => takePort(20_000 + index)));
      await sleep(random() * 2000);
      for (const thief of thieves) thief.close();
    },
    'set the clock': async () => {
      const ms = random() < 0.5 ? 3_600_000 : -3_600_000;
      for (const one of everybody()) one.tell(`jump ${ms}`);
    },
  };

  try {
    await settle('at the beginning');
    await registry.kill();
    await settle('registry killed, the broadcast takes over');
    registry = await startRegistry();
    await settle('registry back');
    cutBroadcast(true);
    const victim = ids[0];
    await services.get(victim).kill();
    services.delete(victim);
    await settle('broadcast cut and a service killed, the registry works');
    cutBroadcast(false);
    await startService(victim);

    const counts = {};
    const end = performance.now() + seconds * 1000;
    // Each of them once at least, however short it is.
    const once = Object.entries(disturbances);
    while (once.length > 0 || performance.now() < end) {
      const [what, disturb] = once.pop() ?? pick(random, Object.entries(disturbances));
      counts[what] = (counts[what] ?? 0) + 1;
      await disturb();
      await sleep(random() * 300);
    }
    console.log(`disturbed for ${seconds} s with seed ${seed}: ${JSON.stringify(counts)}`);
    const last = ids.at(-1);
    await services.get(last).kill();
    services.delete(last);
    const reports = await settle('after the disturbance, one service dead');
    for (const { counts: calls } of reports) console.log(`calls of a client: ${JSON.stringify(calls)}`);
  } finally {
    await Promise.all([registry, ...everybody()].map((one) => one.kill()));
    rmSync(state, { recursive: true, force: true });
  }
  process.exit(0);
}

/** Runs this program again in a network name space of its own, where nobody else is disturbed. */
function inNetworkOfItsOwn() {
  const flags = process.getuid?.() === 0 ? ['-n'] : ['-rn'];
  const command = [...flags, process.execPath, ...process.argv.slice(1)];
  const { status, error } = spawnSync('unshare', command, { stdio: 'inherit', env: { ...process.env, [inside]: '1' } });
  if (error) throw new Error(`Cannot make a network of its own: ${error.message}. Linux with util-linux is needed.`);
  process.exitCode = status ?? 1;
}

function cutBroadcast(cut) {
  const [address] = channel.split(':');
  execFileSync('iptables', [cut ? '-A' : '-D', 'OUTPUT', '-d', address, '-j', 'DROP']);
}

let reportNumber = 0;

function reportOf(client) {
  const number = ++reportNumber;
  return new Promise((resolve) => {
    const onLine = (line) => {
      const report = JSON.parse(line);
      if (report.number !== number) return;
      client.lines.off('line', onLine);
      resolve(report);
    };
    client.lines.on('line', onLine);
    client.tell(`report ${number}`);
  });
}

function takePort(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(server));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function sorted(found) {
  return Object.fromEntries(names.map((name) => [name, [...(found[name] ?? [])].sort()]));
}

function pick(random, list) {
  return list[Math.floor(random() * list.length)];
}

/** A generator of numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
