import { expect, it } from 'vitest';
import { reportsPortTaken } from './port-conflict.js';

it.each([
  ['Error: listen EADDRINUSE: address already in use :::8080', true],
  ['Error: listen EADDRINUSE: address already in use 127.0.0.1:8080', true],
  ['Error: listen EADDRINUSE: address already in use :::9229', false],
  ['2025-11-23 05:14:03.123 UTC [1234] LOG:  could not bind IPv4 address "127.0.0.1": Address already in use', true],
  ['Warning: Could not create server TCP listening socket 127.0.0.1:8080: bind: Address already in use', true],
  ['OSError: [Errno 98] Address already in use', true],
  ['Port 8080 is already in use.', true],
  ['listening on 8080', false],
])('judges %j', (line, expected) => {
  expect(reportsPortTaken(['starting', line], [8080])).toBe(expected);
});
