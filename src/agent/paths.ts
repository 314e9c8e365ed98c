import { join } from 'node:path';

/** Where one environment's agent keeps its files, below the per-user state folder. */
export interface AgentPaths {
  readonly folder: string;
  readonly socket: string;
  /** What `ps` and `sweep` read: an `AgentRecord`. */
  readonly record: string;
  readonly lock: string;
  readonly log: string;
}

/** Gives the paths of the environment with this key. Short, because a socket's path may have 108 bytes at most. */
export function agentPaths(stateFolder: string, key: string): AgentPaths {
  const folder = join(stateFolder, 'e', key);
  return {
    folder,
    socket: process.platform === 'win32' ? `\\\\.\\pipe\\portside-${key}` : join(folder, 'agent.sock'),
    record: join(folder, 'agent.json'),
    lock: join(folder, 'spawn.lock'),
    log: join(folder, 'agent.log'),
  };
}
