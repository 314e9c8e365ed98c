import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** An account of the system. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Gives the account that Postgres runs as: it refuses to be root, so root lends it the account `postgres` or, where there is
 * none, `nobody`. `undefined`: our own account will do. `passwd` is the text of `/etc/passwd`.
 */
export function serverAccount(passwd?: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = (passwd ?? readFileSync('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const entry = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody');
  return { uid: Number(entry?.[2] ?? 65_534), gid: Number(entry?.[3] ?? 65_534) };
}

/** Tells whether an account may pass through every folder above a path and read what stands there. */
export function canReach(path: string, account: Account): boolean {
  if (!may(path, account, 4)) return false;
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!may(folder, account, 1)) return false;
    if (dirname(folder) === folder) return true;
  }
}

function may(path: string, { uid, gid }: Account, bit: number): boolean {
  const stats = statSync(path);
  const shift = stats.uid === uid ? 6 : stats.gid === gid ? 3 : 0;
  return ((stats.mode >> shift) & bit) !== 0;
}
