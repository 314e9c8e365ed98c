import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Names one process for good: a pid alone is used again after the process has ended. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in the system's own unit; `null` where the system does not tell. */
  readonly startTime: string | null;
  /** Identifier of this boot of the machine; `null` where the system does not tell. */
  readonly bootId: string | null;
  /** Identifier of the pid namespace: pids of other namespaces (containers) mean nothing here. */
  readonly pidNamespace: string | null;
  /** Name of the machine. */
  readonly host: string;
}

/** Whether a process still runs; `foreign` means that it cannot be told from here. */
export type Liveness = 'alive' | 'dead' | 'foreign';

/** This process; looked up once, since nothing of it ever changes. */
let self: ProcessIdentity | undefined;

/** Identifies a process of this machine, by default this one. */
export function identifyProcess(pid: number = process.pid): ProcessIdentity {
  self ??= lookUp(process.pid);
  return pid === self.pid ? self : { ...self, pid, startTime: startTimeOf(pid) };
}

function lookUp(pid: number): ProcessIdentity {
  return { pid, startTime: startTimeOf(pid), bootId: bootId(), pidNamespace: pidNamespace(), host: hostname() };
}

/** Tells whether the identified process still runs, safely against pids that were used again. */
export function livenessOf(identity: ProcessIdentity): Liveness {
  const own = identifyProcess();
  if (identity.host !== own.host) return 'foreign';
  if (identity.bootId !== own.bootId) return 'dead';
  if (identity.pidNamespace !== own.pidNamespace) return 'foreign';
  if (identity.pid === own.pid) return identity.startTime === own.startTime ? 'alive' : 'dead';
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return 'dead';
  }
  return identity.startTime === null || startTimeOf(identity.pid) === identity.startTime ? 'alive' : 'dead';
}

function startTimeOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  // The command name, in parentheses, may hold spaces; field 22 counts from the first field after it (proc(5)).
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not asked for its exit code yet.
  return fields === undefined || fields[0] === 'Z' ? null : (fields[19] ?? null);
}

function bootId(): string | null {
  return read('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
