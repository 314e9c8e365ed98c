import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { livenessOf, type ProcessIdentity } from '../model/index.js';

/** What a registry server leaves in the state folder, so that the same user's programs find it. */
export interface RegistryRecord {
  readonly process: ProcessIdentity;
  readonly url: string;
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Writes the record for this user alone to read; gives its path. */
export function writeRegistryRecord(stateFolder: string, record: RegistryRecord): string {
  const folder = join(stateFolder, 'registry');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${record.process.pid}.json`);
  writeFileSync(`${path}.new`, JSON.stringify(record), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return path;
}

/** Reads the records of the registry servers of this user that run, the newest first; removes those of servers that were killed. */
export function readRegistryRecords(stateFolder: string): readonly RegistryRecord[] {
  const folder = join(stateFolder, 'registry');
  const records: RegistryRecord[] = [];
  for (const name of list(folder)) {
    const path = join(folder, name);
    try {
      const record = JSON.parse(readFileSync(path, 'utf8')) as RegistryRecord;
      if (livenessOf(record.process) === 'dead') rmSync(path, { force: true });
      else records.push(record);
    } catch {
      // A server that is just ending took it away.
    }
  }
  return records.sort((a, b) => b.startedAt - a.startedAt);
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}
