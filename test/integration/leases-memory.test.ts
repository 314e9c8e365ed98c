import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { expect, onTestFinished, test } from 'vitest';
import { attachEnvironment } from '../../src/agent/index.js';
import type { Environment } from '../../src/environment/index.js';
import { createServer, Sessions } from '../../src/server/index.js';
import { createTelemetry } from '../../src/telemetry/index.js';
import { withLeasing } from '../support/leasing.js';

/** Both stores' servers, and one that is shared by its databases. */
const stores = `
services:
  db:
    image: postgres:16-alpine
    environment: { POSTGRES_PASSWORD: secret }
    expose: ['5432']
  cache:
    image: redis:7-alpine
    expose: ['6379']
  numbers:
    image: redis:7-alpine
    labels: { portside.isolation: database }
    expose: ['6379']
`;

/** Answers for the environment on a socket, as its agent does. */
async function serve(environment: Environment): Promise<string> {
  const sessions = new Sessions({
    now: Date.now,
    onEmpty: () => undefined,
    onClose: (id) => void environment.endSession(id),
  });
  const server = createServer({
    environment,
    telemetry: createTelemetry(() => undefined),
    sessions,
    stop: async () => undefined,
    admit: () => true,
    teardown: async () => undefined,
  });
  const folder = mkdtempSync(join(tmpdir(), 'ps-memory-'));
  onTestFinished(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const socket = join(folder, 'agent.sock');
  await server.listen({ path: socket });
  return socket;
}

/** How many there are of what leasing is made of, after a collection of garbage. */
function census(): Record<string, number> {
  const count = (kind: new (...words: never[]) => unknown) => queryObjects(kind as never, { format: 'count' });
  return {
    objects: count(Object),
    maps: count(Map),
    sets: count(Set),
    functions: count(Function as never),
    promises: count(Promise as never),
    signals: count(AbortSignal),
    bytes: count(Uint8Array),
  };
}

/** Fewer of each than this for every lease: the bundles that happen to be ready at the moment of counting have some, too. */
const limits: Readonly<Record<string, number>> = {
  objects: 10,
  functions: 3,
  maps: 1,
  sets: 1,
  promises: 1,
  signals: 1,
  bytes: 1,
};

test('nothing of a lease stays in the agent or its client when it was released', { timeout: 180_000 }, async () => {
  await withLeasing('embedded', stores, async ({ environment }) => {
    const env = await attachEnvironment({ socket: await serve(environment) });
    const lease = async (count: number): Promise<void> => {
      let left = count;
      const loop = async () => {
        for (; left > 0; left--) await (await env.fork()).release();
      };
      await Promise.all([loop(), loop(), loop()]);
      await expect.poll(async () => environment.leaseDocuments).toEqual([]);
      await sleep(500);
    };
    await lease(40);
    const before = census();
    await lease(80);
    const after = census();
    const grown = Object.keys(limits).filter(
      (kind) => (after[kind] ?? 0) - (before[kind] ?? 0) >= 80 * (limits[kind] ?? 0),
    );
    expect({ grown, before, after }).toMatchObject({ grown: [] });
    await env.close();
  });
});
