import { expect, it } from 'vitest';
import { hostOfHint } from './host-of-hint.js';

it.each([
  ['tcp://127.0.0.1:4243', '127.0.0.1'],
  ['http://localhost:80/path', 'localhost'],
  ['localhost:80', 'localhost'],
  ['localhost', 'localhost'],
  ['tcp://[::1]:80', '::1'],
  ['::1', '::1'],
  ['tcp://*:5000', '0.0.0.0'],
  [':5000', ''],
  ['', ''],
])('P3 hostOfHint takes from %j the host %j', (hint, host) => {
  expect(hostOfHint(hint)).toBe(host);
});
