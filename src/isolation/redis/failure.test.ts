import { expect, test } from 'vitest';
import { PortsideError } from '../../model/index.js';
import { refused, unreachable } from './failure.js';

test.each([
  ['WRONGPASS invalid username-password pair', /password of the server was changed/],
  ['NOAUTH Authentication required.', /password of the server was changed/],
  ["OOM command not allowed when used memory > 'maxmemory'", /Raise the server's 'maxmemory'/],
  ['ERR unknown command', /portside logs cache/],
])('what the server answers has a hint: %s', (answer, hint) => {
  expect(refused('cache', "lease service 'cache'", answer)).toMatchObject({
    code: 'LEASE_FAILED',
    service: 'cache',
    message: `Cannot lease service 'cache': ${answer}.`,
    hint: expect.stringMatching(hint),
  });
});

test('a refusal is no lost connection, and an error of portside stays what it is', () => {
  const known = new PortsideError('LEASE_TIMEOUT', 'Cannot wait.');
  expect(unreachable('cache', 'reset it', known)).toBe(known);
  expect(unreachable('cache', 'reset it', new Error('WRONGPASS no')).message).toBe('Cannot reset it: WRONGPASS no.');
  for (const reason of [new Error('closed'), 'closed']) {
    expect(unreachable('cache', 'reset it', reason)).toMatchObject({
      message: 'Cannot reset it: no connection to its server: closed.',
      hint: expect.stringContaining('portside ps'),
      cause: reason,
    });
  }
});
