import { expect, test } from 'vitest';
import { optionsOfSection } from './options-of-section.js';

const common = { secret: 'x'.repeat(16), now: () => 0 };

test('H211 H212 H213 H214 the section gives channel, interface, time to live and interval', () => {
  const settings = {
    multicastAddress: '239.255.0.1:7001',
    interface: '192.168.0.4',
    ttl: 60_000,
    announceInterval: 30_000,
    allowedSources: ['192.168.0.0/24'],
    hopLimit: 1,
  };
  const both = { ...common, channels: ['239.255.0.1:7001'], interface: '192.168.0.4' };
  expect(optionsOfSection(settings, common)).toEqual({
    announcer: { ...both, ttlSeconds: 60, intervalMs: 30_000, hopLimit: 1 },
    listener: { ...both, allowedSources: ['192.168.0.0/24'] },
  });
});

test('what the section does not say has its default', () => {
  expect(optionsOfSection({}, common)).toEqual({ announcer: common, listener: common });
});
