import { expect, it } from 'vitest';
import { connectionLimit } from './facts.js';

it.each([
  [1000, 3, 100],
  [500, 3, 100],
  [200, 3, 46],
  [100, 3, 21],
  [20, 3, 10],
])('gives of %i connections, %i of them reserved, %i to each lease', (connections, reserved, limit) => {
  expect(connectionLimit(connections, reserved)).toBe(limit);
});
