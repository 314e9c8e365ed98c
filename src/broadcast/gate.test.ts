import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { announcement, hostile, key } from '../../test/support/announcements.js';
import { encodeAnnouncement } from './codec.js';
import { AnnouncementGate, type GateOptions } from './gate.js';
import { defaultSources, sourceFilter } from './sources.js';

const start = Date.UTC(2025, 10, 7, 12);
const clock = { time: start };
function makeGate(options: Partial<GateOptions> = {}): AnnouncementGate {
  clock.time = start;
  return new AnnouncementGate({
    key,
    now: () => clock.time,
    isAllowedSource: sourceFilter(['127.0.0.0/8']),
    windowMs: 30_000,
    maxTtlSeconds: 3600,
    maxNonces: 500,
    ...options,
  });
}

const each = 10_000;

describe('H131 H133 H195 H196 H197 of 10,000 seeded datagrams that are', () => {
  test.each(Object.entries(hostile))('%s, none is believed and none is remembered', (_, { reasons, make }) => {
    const gate = makeGate();
    for (let number = 0; number < each; number++) {
      const reading = gate.admit(make(start, number), '127.0.0.1');
      expect(reading).toHaveProperty('rejected');
      if ('rejected' in reading) expect(reasons).toContain(reading.rejected);
    }
    expect(gate.remembered).toBe(0);
    expect(gate.admit(encodeAnnouncement(announcement(start), key), '127.0.0.1')).toHaveProperty('announcement');
  });

  test('from a wrong source, none is believed and none is remembered', () => {
    const gate = makeGate();
    for (let number = 0; number < each; number++) {
      const source = number % 2 === 0 ? `10.0.${number % 256}.1` : '::ffff:127.0.0.1';
      expect(gate.admit(encodeAnnouncement(announcement(start, number), key), source)).toMatchObject({
        rejected: 'source',
      });
    }
    expect(gate.remembered).toBe(0);
  });

  test('replayed, none is believed, also when nonces had to be forgotten', () => {
    const gate = makeGate();
    const datagrams = Array.from({ length: each }, (_, number) =>
      encodeAnnouncement(announcement(start + number, number), key),
    );
    for (const datagram of datagrams) {
      clock.time++;
      expect(gate.admit(datagram, '127.0.0.1')).toHaveProperty('announcement');
    }
    expect(gate.remembered).toBe(500);
    for (const datagram of datagrams) expect(gate.admit(datagram, '127.0.0.1')).toEqual({ rejected: 'replayed' });
    expect(gate.remembered).toBe(500);
  });

  test('any of these, memory stays as it was', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const gate = makeGate();
    const flood = (): number => {
      for (const { make } of Object.values(hostile)) {
        for (let number = 0; number < each / 5; number++) gate.admit(make(start, number), '127.0.0.1');
      }
      collect();
      return process.memoryUsage().heapUsed;
    };
    flood();
    const before = flood();
    expect(flood() - before).toBeLessThan(2_000_000);
  });
});

test('nonces are forgotten once their timestamps are stale', () => {
  const gate = makeGate();
  for (let number = 0; number < 400; number++) {
    gate.admit(encodeAnnouncement(announcement(start, number), key), '127.0.0.1');
  }
  expect(gate.remembered).toBe(400);
  clock.time += 30_001;
  gate.admit(encodeAnnouncement(announcement(clock.time, 400), key), '127.0.0.1');
  expect(gate.remembered).toBe(1);
});

test('announcements are believed again after the clock was set back by an hour', () => {
  const gate = makeGate({ maxNonces: 10 });
  const send = (number: number) => gate.admit(encodeAnnouncement(announcement(clock.time, number), key), '127.0.0.1');
  for (let number = 0; number < 20; number++) {
    clock.time++;
    expect(send(number)).toHaveProperty('announcement');
  }
  clock.time -= 3_600_000;
  expect(send(20)).toHaveProperty('announcement');
  expect(gate.remembered).toBeLessThanOrEqual(10);
});

test('H196 a time to live above the limit is refused', () => {
  const gate = makeGate();
  const send = (ttlSeconds: number, number: number) =>
    gate.admit(encodeAnnouncement(announcement(start, number, { ttlSeconds }), key), '127.0.0.1');
  expect(send(3600, 1)).toHaveProperty('announcement');
  expect(send(3601, 2)).toMatchObject({ rejected: 'ttl' });
});

test('H196 timestamps may differ from the clock by the window', () => {
  const gate = makeGate();
  const send = (offset: number, number: number) =>
    gate.admit(encodeAnnouncement(announcement(start + offset, number), key), '127.0.0.1');
  expect([send(-30_000, 1), send(30_000, 2)].every((reading) => 'announcement' in reading)).toBe(true);
  expect([send(-30_001, 3), send(30_001, 4)]).toMatchObject([{ rejected: 'stale' }, { rejected: 'early' }]);
});

test('without signing, unsigned announcements are believed, and nothing is remembered', () => {
  const gate = makeGate({ key: undefined });
  const datagram = encodeAnnouncement(announcement(start), undefined);
  for (let time = 0; time < 2; time++) expect(gate.admit(datagram, '127.0.0.1')).toHaveProperty('announcement');
  expect(gate.remembered).toBe(0);
});

test('sources are IPv4 ranges or addresses', () => {
  const allows = sourceFilter(['10.1.0.0/16', '192.168.0.7']);
  expect(['10.1.255.1', '10.2.0.1', '192.168.0.7', '192.168.0.8', '::1', 'x'].map(allows)).toEqual([
    true,
    false,
    true,
    false,
    false,
    false,
  ]);
  for (const range of ['10.0.0.0/33', '10.0.0.0/', '::1', 'any', '10.0.0.0/8/8']) {
    expect(() => sourceFilter([range])).toThrow(`Current value is '${range}'`);
  }
});

test('R6 loopback listens to this machine, another interface to private networks too, and to nobody else by default', () => {
  const sources = ['127.0.0.1', '192.168.7.7', '10.9.9.9', '172.16.0.1', '8.8.8.8'];
  expect(sources.map(sourceFilter(defaultSources('127.0.0.1')))).toEqual([true, false, false, false, false]);
  expect(sources.map(sourceFilter(defaultSources('192.168.1.5')))).toEqual([true, true, true, true, false]);
});
