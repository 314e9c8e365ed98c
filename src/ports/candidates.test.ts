import { describe, expect, it } from 'vitest';
import { candidates } from './candidates.js';

describe('candidates', () => {
  it('H25 H26 H35 gives single ports first, then a small range in order', () => {
    expect([...candidates({ first: [9], range: { start: 5, end: 7 } }, Math.random)]).toEqual([9, 5, 6, 7]);
  });

  it('H27 gives a large range in random order first, then whole, so that none is missed', () => {
    const ports = [...candidates({ first: [], range: { start: 20_000, end: 20_999 } }, Math.random)];
    expect(ports.slice(0, 256)).not.toEqual(ports.slice(0, 256).toSorted((a, b) => a - b));
    expect(new Set(ports.slice(0, 256)).size).toBe(256);
    expect(ports.slice(256)).toEqual(Array.from({ length: 1000 }, (_, index) => 20_000 + index));
  });

  it('H28 gives ephemeral ports last', () => {
    const selection = { first: [], range: { start: 5, end: 6 }, ephemeral: { start: 40_000, end: 40_001 } };
    const ports = [...candidates(selection, Math.random)];
    expect(ports.slice(0, 2)).toEqual([5, 6]);
    expect(new Set(ports.slice(2))).toEqual(new Set([40_000, 40_001]));
  });
});
