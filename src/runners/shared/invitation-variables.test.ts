import { expect, test } from 'vitest';
import { invitationFrom, invitationVariables } from './invitation-variables.js';
import type { Invitation } from './joined-environment.js';

test.each<Invitation>([
  { socket: '/run/agent.sock', root: '/shop', scope: 'test' },
  { socket: '/run/agent.sock', root: '/shop', scope: 'run', fork: { id: 'f0f0f0f0f0', leases: [] } },
])('an invitation comes through environment variables as it was: %j', (invitation) => {
  expect(invitationFrom(invitationVariables(invitation))).toEqual(invitation);
});

test('without a socket there is none', () => {
  expect([invitationFrom({}), invitationFrom({ PORTSIDE_SOCKET: '' })]).toEqual([undefined, undefined]);
});
