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
  for (let waited = 0; ; waited += pollMs) {
    signal.throwIfAborted();
    if (program.exit !== undefined) return 'exited';
    if (await listens(program, ports, signal)) return 'listening';
    if (waited >= limitMs) return 'silent';
    await sleep(pollMs);
  }
}

async function listens(program: Program, ports: readonly number[], signal: AbortSignal): Promise<boolean> {
  const sockets = listeningSockets(ports);
  if (sockets !== undefined)
    return sockets.size > 0 && [program.pid, ...descendantsOf(program.pid)].some(owns(sockets));
  const results = await Promise.all(
    ports.map((port) => probe({ type: 'tcp', port }, { host: '127.0.0.1', portOf: () => port }, signal)),
  );
  if (!results.some(({ ok }) => ok)) return false;
  // Here nobody says whose socket it was; a program that finds its port taken ends soon.
  await sleep(100);
  return program.exit === undefined;
}

/** Inodes of the sockets that listen on one of the ports; `undefined` where the system does not tell. */
function listeningSockets(ports: readonly number[]): Set<string> | undefined {
  const inodes = new Set<string>();
  let told = false;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text: string;
    try {
      text = readFileSync(table, 'latin1');
    } catch {
      continue;
    }
    told = true;
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      const port = Number.parseInt(local.slice(local.lastIndexOf(':') + 1), 16);
      if (state === '0A' && ports.includes(port)) inodes.add(inode);
    }
  }
  return told ? inodes : undefined;
}

function owns(inodes: ReadonlySet<string>): (pid: number) => boolean {
  return (pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).some((fd) => {
        const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1];
        return inode !== undefined && inodes.has(inode);
      });
    } catch {
      return false;
    }
  };
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
