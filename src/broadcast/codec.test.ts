import { describe, expect, test } from 'vitest';
import { announced, announcement, key, messageOf, secret, signed } from '../../test/support/announcements.js';
import { PortsideError } from '../model/index.js';
import { announcementActions } from './announcement.js';
import { decodeAnnouncement, encodeAnnouncement } from './codec.js';
import { type BroadcastSecret, signingKey } from './signature.js';

const now = Date.UTC(2025, 10, 7, 12);
const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

test('H129 what was encoded decodes to the same, for every action, with and without optional fields', () => {
  const service = announced({
    version: '16.0',
    metadata: { database: 'shop', sslmode: 'disable', max_connections: '100' },
    healthUrl: 'tcp://127.0.0.1:5434',
  });
  for (const action of announcementActions) {
    for (const original of [announcement(now, 1, { action }), announcement(now, 2, { action, service })]) {
      expect(decodeAnnouncement(encodeAnnouncement(original, key), key)).toEqual({ announcement: original });
      expect(decodeAnnouncement(encodeAnnouncement(original, undefined), undefined)).toEqual({
        announcement: original,
      });
    }
  }
});

test('H76 H77 the message on the wire has the documented fields', () => {
  const service = announced({ healthUrl: 'http://127.0.0.1/' });
  const message = JSON.parse(encodeAnnouncement(announcement(now, 0, { service }), key).toString());
  expect(message).toEqual({
    version: '1.0',
    type: 'service_announcement',
    action: 'register',
    service: {
      id: 'cache-1',
      name: 'cache',
      host: '127.0.0.1',
      port: 6379,
      protocol: 'redis',
      health_url: 'http://127.0.0.1/',
    },
    timestamp: '2025-11-07T12:00:00.000Z',
    ttl: 60,
    nonce: expect.stringMatching(/^[0-9a-f]{32}$/),
    signature: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('the order of the fields and unknown fields do not spoil a signature', () => {
  const message = Object.fromEntries(Object.entries({ ...messageOf(now), later: [1] }).reverse());
  expect(decodeAnnouncement(signed(message), key)).toEqual({ announcement: announcement(now) });
});

test('credentials that an endpoint carries are not sent', () => {
  const endpoint = { ...announced(), user: 'me', password: 'hunter2', url: 'redis://me:hunter2@127.0.0.1:6379' };
  expect(encodeAnnouncement(announcement(now, 0, { service: endpoint }), key).toString()).not.toContain('hunter2');
});

test('H82 an announcement of more than 4096 bytes is neither sent nor read', () => {
  const metadata = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`key-${index}`, 'x'.repeat(1000)]));
  expect(() => encodeAnnouncement(announcement(now, 0, { service: announced({ metadata }) }), key)).toThrow(
    "Cannot announce 'cache': it may have 4096 bytes. Current value has ",
  );
  const full = encodeAnnouncement(announcement(now), key);
  const padded = (size: number): Buffer => Buffer.concat([full, Buffer.alloc(size - full.length, ' ')]);
  expect(decodeAnnouncement(padded(4096), key)).toHaveProperty('announcement');
  expect(decodeAnnouncement(padded(4097), key)).toMatchObject({ rejected: 'oversized' });
});

const service = (change: Record<string, unknown>): Record<string, unknown> => ({
  service: { ...announced(), ...change },
});
describe('a rightly signed message is refused when', () => {
  test.each<[string, string, Record<string, unknown>]>([
    ['its version is another', 'version', { version: '2.0' }],
    ['it has no version', 'version', { version: undefined }],
    ['its type is another', 'type', { type: 'lease' }],
    ['its action is unknown', 'action', { action: 'explode' }],
    ['it has no service', 'service', { service: undefined }],
    ['its service has no id', 'service', service({ id: undefined })],
    ['its service id holds a space', 'service', service({ id: 'a b' })],
    ['its service name holds a line break', 'service', service({ name: 'a\nb' })],
    ['its service name is endless', 'service', service({ name: 'a'.repeat(129) })],
    ['its host is no host', 'service', service({ host: 'a b' })],
    ['its host ends in a hyphen', 'service', service({ host: 'a-' })],
    ['its host is everywhere', 'service', service({ host: '0.0.0.0' })],
    ['its port is 0', 'service', service({ port: 0 })],
    ['its port is too large', 'service', service({ port: 65_536 })],
    ['its port is a fraction', 'service', service({ port: 80.5 })],
    ['its port is a text', 'service', service({ port: '80' })],
    ['its protocol is none', 'service', service({ protocol: '//' })],
    ['its metadata hold a number', 'service', service({ metadata: { a: 1 } })],
    ['its metadata are a list', 'service', service({ metadata: ['a'] })],
    [
      'its metadata are too many',
      'service',
      service({ metadata: Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`k${at}`, ''])) }),
    ],
    ['its health URL is a script', 'service', service({ health_url: 'javascript:alert(1)' })],
    ['its timestamp is a number', 'timestamp', { timestamp: now }],
    ['its timestamp is no date', 'timestamp', { timestamp: '2025-02-30T12:00:00Z' }],
    ['its time to live is 0', 'ttl', { ttl: 0 }],
    ['its time to live is longer than a day', 'ttl', { ttl: 86_401 }],
    ['its time to live is a fraction', 'ttl', { ttl: 1.5 }],
    ['it has no nonce', 'nonce', { nonce: undefined }],
    ['its nonce is short', 'nonce', { nonce: 'ab' }],
  ])('%s', (_, reason, change) => {
    expect(decodeAnnouncement(signed({ ...messageOf(now), ...change }), key)).toMatchObject({ rejected: reason });
  });
});

test('hosts may be IPv4 and IPv6 addresses and names', () => {
  for (const host of ['10.0.0.7', '::1', 'localhost', 'db.example.test', 'my_service']) {
    const original = announcement(now, 0, { service: announced({ host }) });
    expect(decodeAnnouncement(encodeAnnouncement(original, key), key)).toEqual({ announcement: original });
  }
});

test('metadata cannot reach the prototype of anything', () => {
  const message = JSON.parse(
    JSON.stringify(messageOf(now)).replace('"id"', '"metadata":{"__proto__":"x","a":"b"},"id"'),
  );
  const reading = decodeAnnouncement(signed(message), key);
  const metadata = 'announcement' in reading ? reading.announcement.service.metadata : undefined;
  expect(metadata).toEqual({ a: 'b' });
  expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
});

test('messages that are no objects, no JSON or no UTF-8 are malformed', () => {
  const deep = '['.repeat(2048) + ']'.repeat(2048);
  const datagrams = ['', 'null', '7', '[]', '"text"', '{', `{"a":${deep.slice(10, -10)}}`].map((each) =>
    Buffer.from(each),
  );
  for (const datagram of [...datagrams, Buffer.from([0x7b, 0xff, 0x7d])]) {
    expect(decodeAnnouncement(datagram, key)).toMatchObject({ rejected: 'malformed' });
  }
});

test('a signature of another form is forged', () => {
  for (const signature of ['', 'ab', 'z'.repeat(64), 'A'.repeat(64), 7, null, {}, 'a'.repeat(64)]) {
    expect(decodeAnnouncement(text({ ...messageOf(now), signature }), key)).toEqual({ rejected: 'forged' });
  }
});

test('H77 without signing, the short form is read as a registration', () => {
  const short = {
    type: 'service_announcement',
    service: {
      name: 'postgres-primary',
      host: 'localhost',
      port: 5434,
      protocol: 'tcp',
      metadata: { version: '16.0' },
    },
    timestamp: '2025-11-07T12:00:00Z',
    ttl: 60,
  };
  expect(decodeAnnouncement(text(short), undefined)).toEqual({
    announcement: {
      action: 'register',
      service: { id: 'postgres-primary@localhost:5434', ...short.service },
      timestamp: now,
      ttlSeconds: 60,
    },
  });
  expect(decodeAnnouncement(signed(short), key)).toMatchObject({ rejected: 'version' });
});

test('a service that no listener would take is not announced', () => {
  const bad = announcement(now, 0, { service: announced({ port: 0 }) });
  for (const signing of [key, undefined]) {
    expect(() => encodeAnnouncement(bad, signing)).toThrow("Cannot announce 'cache': service.port: ");
  }
});

test('H195 R5 signing needs a secret of 16 bytes, and is switched off by false alone', () => {
  expect(signingKey(false)).toBeUndefined();
  expect(signingKey(secret)).toBeDefined();
  expect(signingKey(new Uint8Array(16))).toBeDefined();
  for (const wrong of [undefined, null, '', 'short', new Uint8Array(15)]) {
    expect(() => signingKey(wrong as BroadcastSecret)).toThrow(PortsideError);
  }
  expect(() => signingKey('hunter2')).toThrow('needs at least 16 bytes. Current value has 7.');
});
