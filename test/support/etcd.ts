import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { describeWhere } from './describe-where.js';

/** Groups tests that need an etcd server. Without one they are skipped, and the reason is printed; on CI the group fails instead. */
export function describeWithEtcd(name: string, body: () => void): void {
  const reason = 'no etcd on the PATH ("node scripts/setup.mjs --docker" installs it on Debian)';
  describeWhere(name, hasEtcd() ? undefined : reason, body);
}

/** A running etcd server of the test's own, with its data in memory where the machine has a file system for that. */
export interface TestEtcd {
  readonly url: string;
  /** Kills it with SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again with the data it had, or, with `empty`, with none. */
  restart(options?: { readonly empty?: boolean }): Promise<void>;
}

/** Starts etcd on free ports of the loopback interface; it is killed at the end of the test. */
export async function startEtcd(): Promise<TestEtcd> {
  const [client, peer] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${client}`;
  const folder = mkdtempSync(join(tmpdir(), 'portside-etcd-'));
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  let data = 0;
  const restart = async ({ empty = false }: { readonly empty?: boolean } = {}): Promise<void> => {
    await kill();
    if (empty) data++;
    const peerUrl = `http://127.0.0.1:${peer}`;
    const args = [
      ['--name', 'test'],
      ['--data-dir', join(folder, `data-${data}`)],
      ['--listen-client-urls', url],
      ['--advertise-client-urls', url],
      ['--listen-peer-urls', peerUrl],
      ['--initial-advertise-peer-urls', peerUrl],
      ['--initial-cluster', `test=${peerUrl}`],
      ['--log-level', 'error'],
      ['--unsafe-no-fsync'],
    ];
    child = spawn('etcd', args.flat(), { stdio: 'ignore', env: { PATH: process.env['PATH'] } });
    while (!(await answers(url))) await sleep(20);
  };
  onTestFinished(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await restart();
  return { url, kill, restart };
}

function hasEtcd(): boolean {
  try {
    execFileSync('etcd', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    async (response) => (await response.text()).includes('true'),
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
