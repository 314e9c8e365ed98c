import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { portProcesses } from '../../bench/lib/port-processes.mjs';

// The ports lie above those that Linux or any other test takes.
let stateFolder: string;
let processes: Awaited<ReturnType<typeof portProcesses>>;
beforeAll(async () => {
  stateFolder = await mkdtemp(join(tmpdir(), 'portside-stress-'));
  processes = await portProcesses({
    module: fileURLToPath(new URL('../../src/ports/index.ts', import.meta.url)),
    picker: 'portside',
    stateFolder,
  });
});
afterAll(async () => {
  processes?.close();
  await rm(stateFolder, { recursive: true, force: true });
});

describe('H115 H162 P39 eight processes that allocate, bind, close and release ports over and over', () => {
  it.each([
    ['at random', { rounds: 1000, how: { range: [62_000, 65_535] } }],
    ['from one range', { rounds: 200, how: { range: [61_000, 61_099] } }],
    ['with one preference', { rounds: 200, how: { preferred: 61_200 } }],
    ['with one preference, as fast as they can', { rounds: 1000, waitMs: 0, how: { preferred: 61_201 } }],
  ] as const)('%s: no port is two processes’ at once, and no bind fails', async (_, run) => {
    expect(await processes.run(run)).toEqual({ rounds: run.rounds, duplicates: 0, failures: {} });
  });

  it('from a range of which strangers have the first ports', async () => {
    const strangers: Server[] = [];
    for (let port = 61_300; port < 61_310; port++) strangers.push(createServer().listen(port, '127.0.0.1'));
    try {
      await Promise.all(
        strangers.map((server) => new Promise((resolve) => server.once('listening', resolve).once('error', resolve))),
      );
      const result = await processes.run({ rounds: 200, how: { range: [61_300, 61_399] } });
      expect(result).toEqual({ rounds: 200, duplicates: 0, failures: {} });
    } finally {
      for (const server of strangers) server.close();
    }
  });
});
