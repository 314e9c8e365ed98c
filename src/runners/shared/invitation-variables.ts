import type { ForkDocument, LeaseScope } from '../../model/index.js';
import type { Invitation } from './joined-environment.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** Writes an invitation as environment variables, for runners that have no other way to tell their test processes. */
export function invitationVariables({ socket, root, scope, fork }: Invitation): Record<string, string> {
  return {
    PORTSIDE_SOCKET: socket,
    PORTSIDE_ROOT: root,
    PORTSIDE_SCOPE: scope,
    ...(fork === undefined ? {} : { PORTSIDE_FORK: JSON.stringify(fork) }),
  };
}

/** Reads the invitation that a setup, or `portside run`, left in the environment variables. */
export function invitationFrom(environment: Variables): Invitation | undefined {
  const socket = environment['PORTSIDE_SOCKET'];
  if (socket === undefined || socket === '') return undefined;
  const fork = environment['PORTSIDE_FORK'];
  return {
    socket,
    root: environment['PORTSIDE_ROOT'] ?? process.cwd(),
    scope: (environment['PORTSIDE_SCOPE'] as LeaseScope | undefined) ?? 'file',
    ...(fork === undefined ? {} : { fork: JSON.parse(fork) as ForkDocument }),
  };
}
