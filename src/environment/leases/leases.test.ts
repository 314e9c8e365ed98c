import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { Isolator, Slice } from '../../isolation/index.js';
import {
  defaultLeaseSettings,
  type EnvironmentPlan,
  type Isolation,
  type LeaseSettings,
  type PlannedService,
  PortsideError,
  type ServiceDefinition,
  type ServiceKind,
} from '../../model/index.js';
import { Leases } from './leases.js';

const owner = { client: 'test', pid: 1 };
const never = new AbortController().signal;
const needs: Readonly<Record<string, readonly string[]>> = { api: ['db', 'cache'] };

function planned(name: string, kind: ServiceKind, startOrder: number): PlannedService {
  const definition = { name, kind, replicas: 1, environment: {}, dependsOn: [] } as unknown as ServiceDefinition;
  return { name, definition, ports: [], dependsOn: [], readiness: [], startOrder };
}

function planOf(settings: Partial<LeaseSettings>): EnvironmentPlan {
  const services = [
    planned('api', 'http', 0),
    planned('cache', 'redis', 0),
    planned('db', 'postgres', 0),
    planned('mail', 'tcp', 0),
  ];
  const leases = { ...defaultLeaseSettings, poolMin: 0, poolMax: 0, ...settings };
  return { definition: { settings: { leases } }, services, warnings: [] } as unknown as EnvironmentPlan;
}

/** Slices that exist only in this process, and what was done with them: the servers themselves are other tests' business. */
function stage(settings: Partial<LeaseSettings> = {}, capacity?: number) {
  const living = new Map<string, Slice>();
  const made: { service: string; id: string; needs: readonly string[] }[] = [];
  const failing = new Set<string>();
  /** Services whose slices cannot be removed. */
  const stubborn = new Set<string>();
  const logged: string[] = [];
  let gate: Promise<void> | undefined;
  let held: string | undefined;
  const makeIsolator = (service: string, isolation: Isolation): Isolator => ({
    isolation,
    creators: 4,
    ...(needs[service] === undefined ? {} : { needs: needs[service] }),
    ...(capacity === undefined || service !== 'db' ? {} : { capacity }),
    prepare: async () => {},
    create: async (id, wired, signal) => {
      if (held === undefined || held === service) await gate;
      signal.throwIfAborted();
      if (failing.has(service)) throw new PortsideError('LEASE_FAILED', `no ${service} today`);
      const endpoint = { name: service, url: `test://${service}/${id}` } as Slice['endpoint'];
      const slice: Slice = {
        ...{ id, service, isolation, name: id, endpoint, inner: endpoint },
        reset: async () => {},
        remove: async () => {
          if (stubborn.has(service)) throw new Error(`${service} stays`);
          living.delete(id);
        },
      };
      living.set(id, slice);
      made.push({ service, id, needs: Object.values(wired).map((one) => one.id) });
      return slice;
    },
    close: async () => {},
  });
  const leases = new Leases({
    plan: planOf(settings),
    now: Date.now,
    log: (_, message) => logged.push(message),
    makeIsolator,
  });
  opened.push(leases);
  const lease = (session: string, services?: readonly string[], more: object = {}, signal = never) =>
    leases.lease({ session, ...(services && { services }), ...more }, owner, signal);
  /** Keeps slices from being made until the function that it gives is called; of one service where it is named. */
  const hold = (service?: string): (() => void) => {
    let open = () => {};
    held = service;
    gate = new Promise((resolve) => {
      open = () => {
        gate = undefined;
        resolve();
      };
    });
    return open;
  };
  return { leases, lease, living, made, failing, stubborn, logged, hold };
}

const opened: Leases[] = [];
afterEach(() => Promise.all(opened.splice(0).map((leases) => leases.close())));

async function until(condition: () => boolean): Promise<void> {
  // What is made counts once its maker has put it away, too.
  do await sleep(1);
  while (!condition());
}

describe('a fork', () => {
  test('has every service that can be leased, and its copies are wired to its own slices', async () => {
    const { lease, made } = stage();
    const [one, two] = await Promise.all([lease('s'), lease('s')]);
    for (const { leases } of [one, two]) {
      expect(leases.map(({ service }) => service).sort()).toEqual(['api', 'cache', 'db']);
      const stores = leases.filter(({ service }) => service !== 'api').map(({ id }) => id);
      const api = leases.find(({ service }) => service === 'api');
      expect(made.find(({ id }) => id === api?.id)?.needs.toSorted()).toEqual(stores.toSorted());
    }
    expect(new Set([...one.leases, ...two.leases].map(({ id }) => id)).size).toBe(6);
  });

  test('takes along what a service is wired to, and nothing else', async () => {
    const { lease } = stage();
    expect((await lease('s', ['db'])).leases.map(({ service }) => service)).toEqual(['db']);
    expect((await lease('s', ['api'])).leases).toHaveLength(3);
  });

  test('grows by what is asked for later, wired to what it has', async () => {
    const { lease, made } = stage();
    const first = await lease('s', ['db']);
    const grown = await lease('s', ['api'], { fork: first.id });
    expect(grown.leases.map(({ service }) => service)).toEqual(['db', 'cache', 'api']);
    expect(grown.leases[0]).toEqual(first.leases[0]);
    expect(made.at(-1)?.needs).toContain(first.leases[0]?.id);
  });

  test('is not to be had by another session', async () => {
    const { lease } = stage();
    const { id } = await lease('s', ['db']);
    await expect(lease('another', ['api'], { fork: id })).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
  });

  test('leaves nothing behind when a part of it cannot be made', async () => {
    const { lease, leases, living, failing } = stage();
    failing.add('api');
    await expect(lease('s')).rejects.toMatchObject({ code: 'LEASE_FAILED', message: 'no api today' });
    await until(() => living.size === 0);
    expect(leases.list()).toEqual([]);
  });

  test('says why a part of it could not be made when the others cannot be removed either', async () => {
    const { lease, living, failing, stubborn, logged } = stage();
    failing.add('api');
    stubborn.add('db');
    await expect(lease('s')).rejects.toMatchObject({ code: 'LEASE_FAILED', message: 'no api today' });
    expect([...living.values()].map(({ service }) => service)).toEqual(['db']);
    expect(logged).toEqual(['Cannot remove what a lease had']);
  });
});

describe('what cannot be leased', () => {
  test('is refused with the nearest name', async () => {
    const { lease } = stage();
    await expect(lease('s', ['dbb'])).rejects.toMatchObject({
      code: 'DISCOVERY_UNKNOWN_SERVICE',
      hint: expect.stringContaining("'db'"),
    });
  });

  test('is refused with what would allow it', async () => {
    const { lease } = stage();
    await expect(lease('s', ['mail'])).rejects.toMatchObject({
      code: 'LEASE_UNSUPPORTED',
      hint: expect.stringContaining('portside.isolation: copy'),
    });
  });
});

describe('the end of a lease', () => {
  test('removes its slice, and the fork with its last one', async () => {
    const { lease, leases, living } = stage();
    const { leases: held } = await lease('s', ['db', 'cache']);
    for (const { id } of held) await leases.release(id);
    await until(() => living.size === 0);
    expect(leases.list()).toEqual([]);
    await expect(leases.reset(held[0]?.id ?? '')).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
  });

  test('comes with the end of the session, for what is held and for what is being made', async () => {
    const { lease, leases, living, hold } = stage();
    await lease('s', ['db']);
    await lease('other', ['db']);
    const open = hold();
    const pending = lease('s', ['cache']);
    pending.catch(() => undefined);
    const ended = leases.releaseSession('s');
    open();
    await ended;
    await expect(pending).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
    await until(() => living.size === 1);
    expect(leases.list()).toHaveLength(1);
  });
});

describe('when the limit is reached', () => {
  test('whoever comes later waits, is listed as queued, and has its turn in the order of coming', async () => {
    const { lease, leases } = stage({ maxActive: 1 });
    const first = await lease('a', ['db']);
    const order: string[] = [];
    const later = ['b', 'c'].map((session) =>
      lease(session, ['db']).then((fork) => [order.push(session), fork] as const),
    );
    expect(leases.list().map(({ state }) => state)).toEqual(['active', 'queued', 'queued']);
    await leases.release(first.id);
    const [, second] = await (later[0] as (typeof later)[number]);
    expect(order).toEqual(['b']);
    await leases.release(second.id);
    await later[1];
    expect(order).toEqual(['b', 'c']);
  });

  test('it gives up after its time and says what to do', async () => {
    const { lease, leases } = stage({ maxActive: 1 });
    await lease('a', ['db']);
    await expect(lease('b', ['db'], { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'LEASE_TIMEOUT',
      message: expect.stringContaining("'db'"),
      hint: expect.stringContaining('leases.maxActive'),
    });
    expect(leases.list()).toHaveLength(1);
  });

  test('a place is free again when a session ends with what it holds and with what waits for that', async () => {
    const { lease, leases } = stage({ maxActive: 1 });
    await lease('a', ['db']);
    const queued = lease('a', ['cache']);
    queued.catch(() => undefined);
    await until(() => leases.list().some(({ state }) => state === 'queued'));
    await leases.releaseSession('a');
    await expect(queued).rejects.toMatchObject({ code: 'LEASE_UNKNOWN' });
    expect((await lease('b', ['db'], { timeoutMs: 1000 })).leases).toHaveLength(1);
  });

  test('a place is free again when all leases of a fork are released at once', async () => {
    const { lease, leases, living } = stage({ maxActive: 1 });
    const fork = await lease('a', ['db', 'cache']);
    await Promise.all(fork.leases.map(({ id }) => leases.release(id)));
    await until(() => living.size === 0);
    expect((await lease('b', ['db'], { timeoutMs: 1000 })).leases).toHaveLength(1);
  });

  test('a place is free again when what had it could not be removed', async () => {
    const { lease, leases, stubborn, logged } = stage({}, 1);
    const { id } = await lease('a', ['db']);
    stubborn.add('db');
    await leases.release(id);
    expect((await lease('b', ['db'], { timeoutMs: 1000 })).leases).toHaveLength(1);
    expect(logged).toEqual(['Cannot remove what a lease had']);
  });

  test('ready bundles give way to whoever needs their place', async () => {
    const { lease, leases, living } = stage({ poolMin: 1, poolMax: 2 }, 2);
    const { id } = await lease('a', ['db']);
    await until(() => living.size === 2);
    const other = await lease('b');
    expect(other.leases).toHaveLength(3);
    await leases.release(id);
  });

  test('a bundle that is just being made ahead gives way, too, to whoever waits for its place', async () => {
    const { lease, made, hold } = stage({ poolMin: 1, poolMax: 1 }, 2);
    const began = await lease('a', ['db', 'cache']);
    const open = hold('cache');
    await until(() => made.filter(({ service }) => service === 'db').length === 2);
    const waiting = lease('b', ['db'], { timeoutMs: 1000 });
    await sleep(20);
    open();
    expect((await waiting).leases).toHaveLength(1);
    expect(began.leases).toHaveLength(2);
  });
});

describe('the pool', () => {
  test('has the next one ready, which is handed out without being made', async () => {
    const { lease, made, living, hold } = stage({ poolMin: 1, poolMax: 1 });
    await lease('a', ['db']);
    await until(() => living.size === 2);
    const ready = made.at(-1)?.id;
    const open = hold();
    expect((await lease('b', ['db'])).leases[0]?.id).toBe(ready);
    open();
  });

  test('hands out what is just being made ahead rather than begin anew', async () => {
    const { lease, made, hold } = stage({ poolMin: 1, poolMax: 1 });
    const open = hold();
    const first = lease('a', ['db']);
    open();
    await first;
    const later = hold();
    await sleep(20);
    const second = lease('b', ['db']);
    later();
    await second;
    await until(() => made.length === 3);
    await sleep(20);
    expect(made).toHaveLength(3);
  });

  test('learns what forks that begin alike have in the end, and has that ready', async () => {
    const { lease, leases, made, hold } = stage({ poolMin: 1, poolMax: 2 });
    for (const session of ['a', 'b']) {
      const { id } = await lease(session, ['db']);
      await lease(session, ['api'], { fork: id });
      await leases.release(id);
    }
    const before = made.length;
    const { id } = await lease('c', ['db']);
    await until(() => made.slice(before).some(({ service }) => service === 'api'));
    await leases.release(id);
    const next = await lease('d', ['db']);
    const open = hold();
    expect((await lease('d', ['api'], { fork: next.id })).leases).toHaveLength(3);
    open();
  });

  test('learns of forks whose leases are released one by one what they had at most', async () => {
    const { lease, leases, made } = stage({ poolMin: 1, poolMax: 2 });
    for (const session of ['a', 'b']) {
      const fork = await lease(session, ['db', 'cache']);
      for (const { id } of fork.leases) await leases.release(id);
    }
    const { id } = await lease('c', ['db', 'cache']);
    await until(() => made.filter(({ service }) => service === 'cache').length > 3);
    await leases.release(id);
    const before = made.length;
    expect((await lease('d', ['db', 'cache'])).leases).toHaveLength(2);
    expect(made).toHaveLength(before);
  });

  test('does not supply what is isolated otherwise than was asked for, nor a copy that is wired to that', async () => {
    const { lease, leases, living, made } = stage({ poolMin: 1, poolMax: 1 });
    for (const session of ['a', 'b', 'c']) {
      const { id } = await lease(session, ['cache']);
      await lease(session, ['api'], { fork: id });
      await leases.release(id);
    }
    // One bundle for the first of them, and one for those after it.
    await until(() => living.size === 4);
    await sleep(20);
    const before = made.length;
    const { id } = await lease('d', ['cache']);
    expect(made).toHaveLength(before);
    const { leases: grown } = await lease('d', ['db'], { fork: id, isolation: { db: 'server' } });
    expect(grown.map(({ service, isolation }) => [service, isolation])).toEqual([
      ['cache', 'server'],
      ['db', 'server'],
    ]);
    const { leases: all } = await lease('d', ['api'], { fork: id });
    const api = all.find(({ service }) => service === 'api');
    const stores = all.filter(({ service }) => service !== 'api').map((one) => one.id);
    expect(made.find((one) => one.id === api?.id)?.needs.toSorted()).toEqual(stores.toSorted());
    await leases.release(id);
    // What did not fit went as well as what did.
    await until(() => living.size === 4);
  });

  test('makes a copy that was not asked for anew when the lease it is wired to is released alone', async () => {
    const { lease, leases, living, made } = stage({ poolMin: 1, poolMax: 1 });
    for (const session of ['a', 'b', 'c']) {
      const { id } = await lease(session, ['db', 'cache']);
      await lease(session, ['api'], { fork: id });
      await leases.release(id);
    }
    // One bundle for the first of them, and one for those after it.
    await until(() => living.size === 5);
    await sleep(20);
    const ready = [...living.values()].find(({ service }) => service === 'api');
    const fork = await lease('d', ['db', 'cache']);
    const cache = fork.leases.find(({ service }) => service === 'cache');
    await leases.release(fork.leases.find(({ service }) => service === 'db')?.id ?? '');
    const { leases: held } = await lease('d', ['api'], { fork: fork.id });
    const api = held.find(({ service }) => service === 'api');
    const db = held.find(({ service }) => service === 'db');
    expect(held).toContainEqual(cache);
    expect(made.find(({ id }) => id === api?.id)?.needs.toSorted()).toEqual([cache?.id, db?.id].toSorted());
    await until(() => !living.has(ready?.id ?? ''));
  });

  test('never hands out what has been handed out before', async () => {
    const { lease, leases, living } = stage({ poolMin: 2, poolMax: 4 });
    const ids = new Set<string>();
    for (let round = 0; round < 50; round++) {
      const { id, leases: held } = await lease('s', ['db']);
      expect(living.has(held[0]?.id ?? '')).toBe(true);
      ids.add(held[0]?.id ?? '');
      await leases.release(id);
    }
    expect(ids.size).toBe(50);
  });

  test('forgets what was ready of a service that was started anew', async () => {
    const { lease, leases, living, made } = stage({ poolMin: 1, poolMax: 1 });
    await lease('a', ['db']);
    await until(() => living.size === 2);
    const old = made.at(-1)?.id;
    await leases.serviceReady('db', never);
    await until(() => !living.has(old ?? ''));
    expect((await lease('b', ['db'])).leases[0]?.id).not.toBe(old);
  });
});
