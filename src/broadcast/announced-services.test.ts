import { expect, test } from 'vitest';
import { announced, announcement } from '../../test/support/announcements.js';
import { AnnouncedServices } from './announced-services.js';
import type { Announcement } from './announcement.js';

const clock = { time: 1_000_000 };
const say = (
  action: Announcement['action'],
  extra: Parameters<typeof announced>[0] = {},
  ttlSeconds = 60,
): Announcement => announcement(clock.time, 0, { action, service: announced(extra), ttlSeconds });
const ports = (services: AnnouncedServices): number[] => services.lookup('cache').map(({ port }) => port);

test('services are found by name from their first announcement until they leave', () => {
  const services = new AnnouncedServices({ now: () => clock.time });
  services.apply(say('register'));
  services.apply(say('heartbeat', { id: 'cache-2', port: 6380 }));
  services.apply(say('register', { id: 'api-1', name: 'api' }));
  expect(ports(services)).toEqual([6379, 6380]);
  services.apply(say('update', { port: 6381 }));
  services.apply(say('deregister', { id: 'cache-2' }));
  expect(ports(services)).toEqual([6381]);
  expect(services.list().map(({ id }) => id)).toEqual(['cache-1', 'api-1']);
});

test('H132 a service whose time to live has passed is not returned, and a heartbeat brings it back', () => {
  const services = new AnnouncedServices({ now: () => clock.time });
  services.apply(say('register', {}, 10));
  clock.time += 9999;
  expect(ports(services)).toEqual([6379]);
  clock.time += 1;
  expect(ports(services)).toEqual([]);
  services.apply(say('heartbeat', {}, 10));
  expect(ports(services)).toEqual([6379]);
});

test('an announcement that was overtaken changes nothing', () => {
  const services = new AnnouncedServices({ now: () => clock.time });
  const late = say('heartbeat');
  clock.time += 5;
  services.apply(say('register', { port: 6390 }));
  expect(services.apply(late)).toBe(false);
  expect(ports(services)).toEqual([6390]);
  services.apply(say('deregister'));
  expect([services.apply(late), ports(services)]).toEqual([false, []]);
});

test('a service is not held for longer than its time to live by a clock that is set back', () => {
  const services = new AnnouncedServices({ now: () => clock.time });
  services.apply(say('register'));
  clock.time -= 3_600_000;
  expect(ports(services)).toEqual([]);
  services.apply(say('heartbeat'));
  expect(ports(services)).toEqual([6379]);
});

test('no more services are kept than the limit says; those whose time is over make room', () => {
  const services = new AnnouncedServices({ now: () => clock.time, limit: 100 });
  const results = Array.from({ length: 1000 }, (_, index) => services.apply(say('register', { id: `id-${index}` })));
  expect(results.filter(Boolean)).toHaveLength(100);
  expect(services.size).toBe(100);
  clock.time += 60_000;
  expect(services.apply(say('register', { id: 'new' }))).toBe(true);
  expect(services.size).toBe(1);
});
