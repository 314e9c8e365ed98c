import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity, RuntimeName } from '../model/index.js';
import { agentPaths } from './paths.js';

/** What an agent writes beside its socket, for `ps` and `sweep`. */
export interface AgentRecord {
  readonly key: string;
  readonly instance: string;
  readonly process: ProcessIdentity;
  readonly project: string;
  readonly directory: string;
  readonly runtime: RuntimeName;
  readonly version: string;
}

/** Reads the records of every agent of this user, running or not. */
export function readRecords(stateFolder: string): readonly AgentRecord[] {
  return keys(stateFolder).flatMap((key) => {
    try {
      return [JSON.parse(readFileSync(agentPaths(stateFolder, key).record, 'utf8')) as AgentRecord];
    } catch {
      // No record, or half of one: an agent that is just starting or ending.
      return [];
    }
  });
}

/** Gives the keys of all environments that have a folder. */
export function keys(stateFolder: string): readonly string[] {
  try {
    return readdirSync(join(stateFolder, 'e'));
  } catch {
    return [];
  }
}
