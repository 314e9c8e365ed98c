import type { RedisCommand } from '../../health/index.js';

/**
 * What a lease's user may do: everything with keys in its own logical database, nothing that goes beyond it. Of the dangerous
 * commands those are allowed that stay within the database.
 */
const everywhere = [
  ...['reset', '~*', '+@all', '-@admin', '-@dangerous'],
  ...['+keys', '+flushdb', '+info', '+sort', '+restore'],
  // Scripts of all databases are one; those of others must stay.
  ...['-script', '+script|load', '+script|exists'],
  ...['-move', '-swapdb', '-select'],
];

/** Rules for commands that not every version knows; each is set by itself, and a server that does not know it has no need of it. */
const whereKnown = [
  ['allchannels'],
  // Its option DB writes to other databases, and rules cannot tell that from the rest.
  ['-copy'],
  ['-function'],
  ['+function|list'],
  ['+function|dump'],
  ['+function|stats'],
  ['+sort_ro'],
];

/** A step that makes a user, and whether the server may refuse it. */
export interface UserStep {
  readonly command: RedisCommand;
  readonly optional: boolean;
}

/** Gives the commands that make a user who is held to one logical database. */
export function makeUser(user: string, password: string, database: number): readonly UserStep[] {
  const setUser = (rules: readonly string[], optional: boolean) => ({
    command: ['ACL', 'SETUSER', user, ...rules],
    optional,
  });
  return [
    setUser([...everywhere, `+select|${database}`], false),
    ...whereKnown.map((rules) => setUser(rules, true)),
    setUser([`>${password}`, 'on'], false),
  ];
}
