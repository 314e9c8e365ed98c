import { createHash } from 'node:crypto';
import type { Migration } from '../model/index.js';
import { contentOf } from './granted-content.js';

/** Tells whether all that decides what a migration does is known. */
export function hasKnownInputs(migration: Migration | undefined): boolean {
  return migration !== undefined && migration.inputs.length > 0;
}

/** Sums up what a migration does: its command or function, and the content of its inputs; `undefined` when these cannot be read. */
export function migrationContent(migration: Migration): string | undefined {
  const does = migration.type === 'command' ? [migration.command, migration.cwd] : [migration.run.toString()];
  const content = contentOf(migration.inputs);
  return content === undefined
    ? undefined
    : createHash('sha256')
        .update(JSON.stringify([does, content]))
        .digest('hex');
}
