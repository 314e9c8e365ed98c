import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Name of the environment variable that marks the programs of an instance, so that a sweep finds them. */
export const markVariable = 'PORTSIDE_INSTANCE';

/** Gives all processes below this one, nearest first; none where the system has no `/proc`. */
export function descendantsOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const id of allPids()) {
    const parent = parentOf(id);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  const found: number[] = [];
  for (let queue = [pid]; queue.length > 0; ) {
    queue = queue.flatMap((parent) => children.get(parent) ?? []);
    found.push(...queue);
  }
  return found;
}

/**
 * Gives the processes below this one from the kernel's own lists, at a fraction of the cost of `descendantsOf`. A list may leave one out
 * while another of its processes ends, so whoever must not miss one asks `descendantsOf`.
 */
export function likelyDescendantsOf(pid: number): number[] {
  const found: number[] = [];
  for (let queue = [pid]; queue.length > 0; ) {
    const below = queue.map(childrenOf);
    // A kernel may be built without these lists.
    if (below.includes(undefined)) return descendantsOf(pid);
    queue = below.flatMap((children) => children ?? []);
    found.push(...queue);
  }
  return found;
}

/**
 * Gives all processes of an instance: those whose environment carries its mark, and those that work in its data folder, as
 * servers overwrite their environment with their title. None where the system has no `/proc`.
 */
export function processesOf(instance: string, dataFolder: string): number[] {
  const mark = Buffer.from(`\0${markVariable}=${instance}\0`);
  return allPids().filter((pid) => {
    if (pid === process.pid) return false;
    if (workingFolder(pid)?.startsWith(`${dataFolder}/`)) return true;
    const environment = read(`/proc/${pid}/environ`);
    return environment !== undefined && Buffer.concat([Buffer.of(0), environment, Buffer.of(0)]).includes(mark);
  });
}

/** Sends a signal to the process group; does nothing when it has ended. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  // Windows knows no process groups: there the process itself is ended.
  send(process.platform === 'win32' ? pid : -pid, signal);
}

/** Ends a process, its group and everything below it at once. */
export function killTree(pid: number): void {
  const below = descendantsOf(pid);
  signalGroup(pid, 'SIGKILL');
  for (const id of below) send(id, 'SIGKILL');
}

/** Ends every process of an instance at once, also those that others start while that goes on; gives their pids. */
export function killAllOf(instance: string, dataFolder: string): number[] {
  const killed = new Set<number>();
  for (;;) {
    const found = processesOf(instance, dataFolder).filter((pid) => !killed.has(pid));
    if (found.length === 0) return [...killed];
    for (const pid of found) {
      send(pid, 'SIGKILL');
      killed.add(pid);
    }
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // EPERM: macOS says so of a group whose members have all ended and wait for their parent.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

/** The children of all threads of a process; `undefined` where the kernel does not list them. */
function childrenOf(pid: number): readonly number[] | undefined {
  const threads = list(`/proc/${pid}/task`);
  const lists = threads.map((thread) => read(`/proc/${pid}/task/${thread}/children`)?.toString('latin1'));
  if (threads.length > 0 && lists.every((children) => children === undefined)) {
    return list(`/proc/${pid}/task`).length > 0 ? undefined : [];
  }
  return lists.flatMap((children) => children?.split(' ').filter(Boolean).map(Number) ?? []);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function allPids(): number[] {
  return list('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .map(Number);
}

function parentOf(pid: number): number | undefined {
  const stat = read(`/proc/${pid}/stat`)?.toString('latin1');
  // The command name, in parentheses, may hold spaces and parentheses; state and parent follow it (proc(5)).
  const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  return parent === undefined ? undefined : Number(parent);
}

function workingFolder(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
