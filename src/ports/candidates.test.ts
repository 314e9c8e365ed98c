import { describe, expect, it } from 'vitest';
import { candidates } from './candidates.js';

const none = new Set<number>();

describe('candidates', () => {
  it('H26 H35 gives a small range in order', () => {
    expect([...candidates({ start: 5, end: 7 }, none, Math.random)]).toEqual([5, 6, 7]);
  });

  it('H27 gives a large range in random order first, then whole, so that none is missed', () => {
    const ports = [...candidates({ start: 20_000, end: 20_999 }, none, Math.random)];
    expect(ports.slice(0, 256)).not.toEqual(ports.slice(0, 256).toSorted((a, b) => a - b));
    expect(new Set(ports.slice(0, 256)).size).toBe(256);
    expect(ports.slice(256)).toEqual(Array.from({ length: 1000 }, (_, index) => 20_000 + index));
  });

  it('H28 gives a small range in random order where that is asked for', () => {
    expect(candidates({ start: 5, end: 6 }, none, () => 0.7, true).next().value).toBe(6);
    expect(new Set(candidates({ start: 5, end: 6 }, none, Math.random, true))).toEqual(new Set([5, 6]));
  });

  it('H204 leaves out what is excluded', () => {
    expect([...candidates({ start: 5, end: 7 }, new Set([5, 7]), Math.random, true)]).toEqual([6, 6]);
  });
});
