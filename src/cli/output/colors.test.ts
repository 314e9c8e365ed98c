import { expect, test } from 'vitest';
import { colorsFor } from './colors.js';

const terminal = { isTTY: true };

test('colorsFor colours a terminal and leaves a pipe plain', () => {
  expect(colorsFor(terminal, {}).isColorSupported).toBe(true);
  expect(colorsFor({}, {}).isColorSupported).toBe(false);
  expect(colorsFor(terminal, { TERM: 'dumb' }).isColorSupported).toBe(false);
});

test('colorsFor honours NO_COLOR before everything, and FORCE_COLOR on a pipe', () => {
  expect(colorsFor(terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }).isColorSupported).toBe(false);
  expect(colorsFor(terminal, { NO_COLOR: '' }).isColorSupported).toBe(true);
  expect(colorsFor({}, { FORCE_COLOR: '1' }).isColorSupported).toBe(true);
  expect(colorsFor(terminal, { FORCE_COLOR: '0' }).isColorSupported).toBe(false);
});
