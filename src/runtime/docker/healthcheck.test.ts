import { describe, expect, it } from 'vitest';
import type { HealthcheckDefinition, PlannedService, ReadinessCondition } from '../../model/index.js';
import { healthcheckOf } from './healthcheck.js';

const service = (healthcheck: HealthcheckDefinition | undefined, readiness: readonly ReadinessCondition[]) =>
  ({ name: 'x', readiness, definition: healthcheck === undefined ? {} : { healthcheck } }) as unknown as PlannedService;

describe('healthcheckOf', () => {
  it('gives durations in nanoseconds, never between 0 and 1 ms, and 0 as 0', () => {
    const check = { test: ['CMD', 'true'], intervalMs: 1500, timeoutMs: 0.2, startPeriodMs: 0, retries: 4 };
    expect(healthcheckOf(service(check, []), true)).toEqual({
      Test: ['CMD', 'true'],
      Interval: 1_500_000_000,
      Timeout: 1_000_000,
      StartPeriod: 0,
      Retries: 4,
    });
  });

  it('gives a start interval only to an engine that knows it', () => {
    const check = { startIntervalMs: 100 };
    expect(healthcheckOf(service(check, []), true)).toEqual({ StartInterval: 100_000_000 });
    expect(healthcheckOf(service(check, []), false)).toEqual({});
  });

  it('leaves the check of the image alone unless a port is probed', () => {
    expect(healthcheckOf(service(undefined, [{ type: 'engine' }]), true)).toBeUndefined();
    expect(healthcheckOf(service(undefined, []), true)).toBeUndefined();
    expect(healthcheckOf(service(undefined, [{ type: 'redis', port: 6379 }]), true)).toEqual({ Test: ['NONE'] });
  });

  it('keeps the check when the engine is asked besides a port', () => {
    const check = { test: ['CMD', 'true'] };
    const readiness = [{ type: 'engine' }, { type: 'tcp', port: 1 }] as const;
    expect(healthcheckOf(service(check, readiness), true)).toEqual({ Test: ['CMD', 'true'] });
  });
});
