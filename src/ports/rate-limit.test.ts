import { describe, expect, it } from 'vitest';
import { RateLimiter } from './rate-limit.js';

describe('RateLimiter', () => {
  it('H194 allows a burst, then evenly as many as the limit says, for each service by itself', () => {
    let now = 0;
    const limiter = new RateLimiter({ allocations: 4, perMs: 1000 }, () => now);
    expect(Array.from({ length: 5 }, () => limiter.take('a'))).toEqual([0, 0, 0, 0, 250]);
    expect(limiter.take('b')).toBe(0);
    now = 250;
    expect([limiter.take('a'), limiter.take('a')]).toEqual([0, 250]);
    now = 60_000;
    expect(Array.from({ length: 5 }, () => limiter.take('a'))).toEqual([0, 0, 0, 0, 250]);
  });

  it('forgets services that were quiet, and none that was not', () => {
    let now = 0;
    const limiter = new RateLimiter({ allocations: 1, perMs: 1000 }, () => now);
    for (let index = 0; index < 999; index++) limiter.take(`quiet-${index}`);
    now = 999;
    limiter.take('busy');
    now = 1000;
    limiter.take('new');
    expect(limiter.take('busy')).toBe(999);
    expect(limiter.take('quiet-0')).toBe(0);
  });

  it('refuses a limit that is none', () => {
    for (const limit of [
      { allocations: 0, perMs: 1000 },
      { allocations: 1, perMs: 0 },
      { allocations: Number.NaN, perMs: 1 },
      { allocations: 1, perMs: Infinity },
    ]) {
      expect(() => new RateLimiter(limit, () => 0)).toThrowError(expect.objectContaining({ code: 'USAGE' }));
    }
  });
});
