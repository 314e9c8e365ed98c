import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { probe } from '../../../health/index.js';
import type { Program } from './program.js';
import { descendantsOf, likelyDescendantsOf } from './tree.js';

/** What came of waiting for a program to listen. */
export type ListenOutcome = 'listening' | 'exited' | 'silent';

const pollMs = 15;

/** After this long the tables are read again although the program has no other sockets; each time twice as long. */
const firstPauseMs = 40;
const longestPauseMs = 320;

const tables = ['/proc/net/tcp', '/proc/net/tcp6'];
const hasTables = tables.some((table) => existsSync(table));

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
  const sockets = new SocketWatch(program, ports);
  for (;;) {
    signal.throwIfAborted();
    if (program.exit !== undefined) return 'exited';
    if (hasTables ? sockets.listens() : await answers(program, ports, signal)) return 'listening';
    if (performance.now() >= deadline) return 'silent';
    await sleep(pollMs);
  }
}

/** Gives the ports that the program and its children listen on; none where the system does not tell. */
export function listeningPorts({ pid }: Program): number[] {
  const owned = new Set([pid, ...descendantsOf(pid)].flatMap(socketsOf));
  const found = tables.flatMap(listeningIn).filter(({ inode }) => owned.has(inode));
  return [...new Set(found.map(({ port }) => port))].sort((a, b) => a - b);
}

/**
 * Tells whether a program or a child of it listens on one of the ports. The system's tables of sockets take milliseconds to read on
 * a busy machine, so they are read only when the program has sockets, and again when it has other ones or after a while.
 */
class SocketWatch {
  readonly #program: Program;
  readonly #ports: readonly number[];
  #seen = '';
  #again = 0;
  #pauseMs = firstPauseMs;

  constructor(program: Program, ports: readonly number[]) {
    this.#program = program;
    this.#ports = ports;
  }

  listens(): boolean {
    const { pid } = this.#program;
    // Output goes into sockets that were there before the program.
    const given = new Set([0, 1, 2].flatMap((fd) => socketAt(pid, `${fd}`)));
    const own = new Set([pid, ...likelyDescendantsOf(pid)].flatMap(socketsOf).filter((inode) => !given.has(inode)));
    if (own.size === 0) return false;
    const seen = [...own].sort().join();
    if (seen === this.#seen && performance.now() < this.#again) return false;
    this.#pauseMs = seen === this.#seen ? Math.min(2 * this.#pauseMs, longestPauseMs) : firstPauseMs;
    this.#seen = seen;
    const found = tables.some((table) =>
      listeningIn(table).some(({ inode, port }) => own.has(inode) && this.#ports.includes(port)),
    );
    this.#again = performance.now() + this.#pauseMs;
    return found;
  }
}

/** Where nobody says whose a socket is: a program that finds its port taken ends soon. */
async function answers(program: Program, ports: readonly number[], signal: AbortSignal): Promise<boolean> {
  const results = await Promise.all(
    ports.map((port) => probe({ type: 'tcp', port }, { host: '127.0.0.1', portOf: () => port }, signal)),
  );
  if (!results.some(({ ok }) => ok)) return false;
  await sleep(100);
  return program.exit === undefined;
}

/** The sockets of a table that listen, by inode, with their ports. */
function listeningIn(table: string): readonly { readonly inode: string; readonly port: number }[] {
  return read(table)
    .split('\n')
    .filter((line) => line.includes(' 0A '))
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/, 10);
      return state === '0A' ? [{ inode, port: Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16) }] : [];
    });
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Inodes of the sockets that a process holds. */
function socketsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => socketAt(pid, fd));
  } catch {
    return [];
  }
}

function socketAt(pid: number, fd: string): string[] {
  return /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.slice(1) ?? [];
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
