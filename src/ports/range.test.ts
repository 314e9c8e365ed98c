import { describe, expect, it } from 'vitest';
import { checkPort, checkRange, ephemeralRange, portsOf, randomPortsOf, rangeForPrograms } from './range.js';

describe('rangeForPrograms', () => {
  it.each([
    ['32768\t60999\n', { start: 10_000, end: 32_767 }],
    ['49152 65535', { start: 10_000, end: 32_767 }],
    ['15000 60999', { start: 10_000, end: 14_999 }],
    ['1024 50000', { start: 50_001, end: 65_535 }],
    ['1024 65535', { start: 10_000, end: 32_767 }],
    ['nonsense', { start: 10_000, end: 32_767 }],
  ])('keeps out of the system range %j', (text, expected) => {
    expect(rangeForPrograms(text)).toEqual(expected);
  });

  it('gives a range on this machine', () => {
    expect(checkRange(rangeForPrograms())).toBeDefined();
  });
});

describe('ephemeralRange', () => {
  it.each([
    ['P29 as Linux says', '32768\t60999\n', { start: 32_768, end: 60_999 }],
    ['P29 as somebody set it', '15000 20000', { start: 15_000, end: 20_000 }],
    ['P30 P31 as Windows and macOS have it where nothing is said', '', { start: 49_152, end: 65_535 }],
  ])('%s', (_, text, expected) => {
    expect(ephemeralRange(text)).toEqual(expected);
  });
});

it('checkPort refuses what is no port', () => {
  expect(checkPort(65_535, 'x')).toBe(65_535);
  for (const port of [0, 65_536, 1.5, Number.NaN]) {
    expect(() => checkPort(port, 'a reserved port')).toThrowError(expect.objectContaining({ code: 'USAGE' }));
  }
});

it('H114 checkRange refuses what is no range', () => {
  for (const [start, end] of [
    [0, 10],
    [10, 9],
    [1, 65_536],
    [1.5, 3],
  ] as const) {
    expect(() => checkRange({ start, end })).toThrowError(expect.objectContaining({ code: 'USAGE' }));
  }
});

it('portsOf gives every port of the range in order', () => {
  expect([...portsOf({ start: 7, end: 9 })]).toEqual([7, 8, 9]);
});

it('randomPortsOf gives different ports, all inside the range', () => {
  const ports = [...randomPortsOf({ start: 100, end: 119 }, 20, Math.random)];
  expect(ports.toSorted((a, b) => a - b)).toEqual([...portsOf({ start: 100, end: 119 })]);
  expect([...randomPortsOf({ start: 5, end: 6 }, 10, Math.random)]).toHaveLength(2);
});
