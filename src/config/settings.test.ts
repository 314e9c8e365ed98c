import { describe, expect, it } from 'vitest';
import { defaultSettings, resolveSettings } from './settings.js';
import { settingsFromEnvironment } from './variables.js';

describe('resolveSettings', () => {
  it('gives the defaults where nobody says otherwise', () => {
    expect(resolveSettings({})).toEqual({
      runtime: 'auto',
      ports: 'dynamic',
      keepWarmMs: 0,
      startTimeoutMs: 120_000,
      leases: { scope: 'file', poolMin: 1, poolMax: 8, maxActive: 512, queueTimeoutMs: 60_000 },
    });
  });

  it('lets flags win over variables, these over the configuration file, and that over the Compose file', () => {
    const compose = { runtime: 'docker', ports: 'prefer', keepWarmMs: 1, startTimeoutMs: 1 } as const;
    const config = { ports: 'dynamic', keepWarmMs: 2, startTimeoutMs: 2, leases: { poolMin: 2, poolMax: 2 } } as const;
    const variables = { keepWarmMs: 3, startTimeoutMs: 3, leases: { poolMax: 3 } };
    expect(resolveSettings({ compose, config, variables, flags: { startTimeoutMs: 4 } })).toEqual({
      runtime: 'docker',
      ports: 'dynamic',
      keepWarmMs: 3,
      startTimeoutMs: 4,
      leases: { ...defaultSettings.leases, poolMin: 2, poolMax: 3 },
    });
  });
});

it('rounds durations up to whole milliseconds, wherever they come from', () => {
  const settings = resolveSettings({
    compose: { keepWarmMs: 0.5 },
    config: { startTimeoutMs: 90_000.5 },
    flags: { leases: { queueTimeoutMs: 2.05 * 60_000 } },
  });
  expect(settings).toMatchObject({
    keepWarmMs: 1,
    startTimeoutMs: 90_001,
    leases: { queueTimeoutMs: 123_000 },
  });
});

describe('the bounds of the pool', () => {
  it.each([
    [{ poolMax: 0 }, { poolMin: 0, poolMax: 0 }],
    [{ poolMin: 20 }, { poolMin: 20, poolMax: 20 }],
  ])('follow each other: %j', (leases, expected) => {
    expect(resolveSettings({ config: { leases } }).leases).toMatchObject(expected);
  });
});

describe('settingsFromEnvironment', () => {
  it('says nothing for variables that are unset or empty', () => {
    expect(settingsFromEnvironment({ PORTSIDE_RUNTIME: '', PORTSIDE_KEEP_WARM: undefined })).toEqual({ settings: {} });
  });

  it('reads each variable', () => {
    const environment = {
      PORTSIDE_RUNTIME: 'embedded',
      PORTSIDE_PORTS: 'prefer',
      PORTSIDE_KEEP_WARM: '1m30s',
      PORTSIDE_START_TIMEOUT: '5000',
      PORTSIDE_LEASE_SCOPE: 'test',
      PORTSIDE_LEASE_POOL_MIN: '0',
      PORTSIDE_LEASE_POOL_MAX: '16',
      PORTSIDE_LEASE_MAX_ACTIVE: '64',
      PORTSIDE_LEASE_QUEUE_TIMEOUT: '2m',
      PORTSIDE_HOST: 'inline',
      PORTSIDE_LOG_LEVEL: 'debug',
    };
    expect(settingsFromEnvironment(environment)).toEqual({
      settings: {
        runtime: 'embedded',
        ports: 'prefer',
        keepWarmMs: 90_000,
        startTimeoutMs: 5000,
        leases: { scope: 'test', poolMin: 0, poolMax: 16, maxActive: 64, queueTimeoutMs: 120_000 },
      },
      host: 'inline',
      logLevel: 'debug',
    });
  });

  it.each([
    ['PORTSIDE_RUNTIME', 'podman'],
    ['PORTSIDE_PORTS', 'fixed'],
    ['PORTSIDE_KEEP_WARM', 'soon'],
    ['PORTSIDE_START_TIMEOUT', '-1'],
    ['PORTSIDE_LEASE_SCOPE', 'suite'],
    ['PORTSIDE_LEASE_POOL_MAX', 'many'],
    ['PORTSIDE_LEASE_MAX_ACTIVE', '0'],
    ['PORTSIDE_HOST', 'outside'],
    ['PORTSIDE_LOG_LEVEL', 'loud'],
  ])('refuses %s=%s by name', (name, value) => {
    expect(() => settingsFromEnvironment({ [name]: value })).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(new RegExp(`${name}: it must be .* Current value is '${value}'`)),
        hint: expect.stringContaining(name),
      }),
    );
  });
});
