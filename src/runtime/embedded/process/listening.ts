import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { probe } from '../../../health/index.js';
import type { Program } from './program.js';
import { descendantsOf } from './tree.js';

/** What came of waiting for a program to listen. */
export type ListenOutcome = 'listening' | 'exited' | 'silent';

const pollMs = 15;

/**
 * Waits until the program listens on one of the ports, has ended, or the time is up. Who listens is told apart from a
 * stranger on the same port where the system says whose sockets are whose.
 */
export async function waitUntilListening(
  program: Program,
  ports: readonly number[],
  limitMs: number,
  signal: AbortSignal,
): Promise<ListenOutcome> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    signal.throwIfAborted();
    if (program.exit !== undefined) return 'exited';
    if (await listens(program, ports, signal)) return 'listening';
    if (performance.now() >= deadline) return 'silent';
    await sleep(pollMs);
  }
}

/** Gives the ports that the program and its children listen on; none where the system does not tell. */
export function listeningPorts(program: Program): number[] {
  const sockets = listeningSockets() ?? new Map<string, number>();
  const owned = treeOf(program).flatMap((pid) => socketsOf(pid));
  return [...new Set(owned.flatMap((inode) => sockets.get(inode) ?? []))].sort((a, b) => a - b);
}

async function listens(program: Program, ports: readonly number[], signal: AbortSignal): Promise<boolean> {
  const sockets = listeningSockets();
  if (sockets !== undefined) {
    const wanted = new Set([...sockets].filter(([, port]) => ports.includes(port)).map(([inode]) => inode));
    return wanted.size > 0 && treeOf(program).some((pid) => socketsOf(pid).some((inode) => wanted.has(inode)));
  }
  const results = await Promise.all(
    ports.map((port) => probe({ type: 'tcp', port }, { host: '127.0.0.1', portOf: () => port }, signal)),
  );
  if (!results.some(({ ok }) => ok)) return false;
  // Here nobody says whose socket it was; a program that finds its port taken ends soon.
  await sleep(100);
  return program.exit === undefined;
}

function treeOf({ pid }: Program): number[] {
  return [pid, ...descendantsOf(pid)];
}

/** The sockets that listen, by inode, with their ports; `undefined` where the system does not tell. */
function listeningSockets(): Map<string, number> | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(readTable).filter((table) => table !== undefined);
  if (tables.length === 0) return undefined;
  const sockets = new Map<string, number>();
  for (const line of tables.flatMap((table) => table.split('\n').slice(1))) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state === '0A') sockets.set(inode, Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16));
  }
  return sockets;
}

function readTable(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}

/** Inodes of the sockets that a process holds. */
function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      return /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    });
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
