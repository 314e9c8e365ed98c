import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunningService } from '../../src/runtime/index.js';
import { type EmbeddedTest, nodeProgram, withEmbeddedRuntime } from '../support/embedded-runtime.js';
import { readAll } from '../support/tcp.js';

const never = new AbortController().signal;

/** Answers every connection with what the program sees of its environment and arguments; a copy does not end when it is asked to. */
const mirror = `
  const { PORT, SELF, OTHER, COMPUTED } = process.env;
  if (COMPUTED !== undefined) process.on('SIGTERM', () => {});
  console.log('listening on', PORT);
  require('node:net').createServer((socket) => {
    socket.end(JSON.stringify({ PORT, SELF, OTHER, COMPUTED, args: process.argv.slice(1) }));
  }).listen(Number(PORT), '127.0.0.1');
`;

const services = [
  nodeProgram('api', mirror, {
    ports: [{ target: 8080, protocol: 'tcp', policy: 'prefer', published: 28_080 }],
    environment: { PORT: '8080', SELF: 'http://api:8080/x', OTHER: 'other:7000' },
    stopGracePeriodMs: 60_000,
  }),
  nodeProgram('other', mirror, { ports: [7000] }),
];

/** Starts one more instance of a running service. */
function startCopy(
  { runtime }: EmbeddedTest,
  { service }: Pick<RunningService, 'service'>,
  lease: string,
): Promise<RunningService> {
  const name = `${service.name}-${lease}`;
  return runtime.start({ ...service, name, copy: { of: service.name, lease } }, 1, { COMPUTED: lease }, never);
}

const seenBy = async ({ ports: [port] }: RunningService) => JSON.parse(await readAll('127.0.0.1', port?.port ?? 0));

async function startBoth({ start }: EmbeddedTest) {
  const [other, api] = await Promise.all([start('other'), start('api')]);
  return { other, api };
}

describe('a copy of an embedded service', () => {
  it('has a port and a log of its own, and finds itself and the others', async () => {
    await withEmbeddedRuntime(services, async (test) => {
      const { other, api } = await startBoth(test);
      const progress = test.progress.length;
      const copies = await Promise.all(['a', 'b', 'c'].map((letter) => startCopy(test, api, letter.repeat(10))));
      const ports = [other, api, ...copies].map((running) => running.ports[0]?.port ?? 0);
      expect(new Set(ports).size).toBe(5);
      for (const [index, copy] of copies.entries()) {
        const port = copy.ports[0]?.port;
        expect(await seenBy(copy)).toMatchObject({
          PORT: String(port),
          SELF: `http://127.0.0.1:${port}/x`,
          OTHER: `127.0.0.1:${other.port}`,
          COMPUTED: 'abc'.charAt(index).repeat(10),
        });
        expect(await test.printed(copy)).toBe(`listening on ${port}\n`);
      }
      expect(test.progress).toHaveLength(progress);
    });
  });

  it('reads what it alone is given in a secret', async () => {
    const read = `const text = require('node:fs').readFileSync(process.env.SECRET, 'utf8'); ${mirror.replace('COMPUTED, args', 'text, args')}`;
    const secrets = [{ source: 'token', target: '/run/secrets/token' }];
    const reader = nodeProgram('api', read, { ports: [8080], environment: { SECRET: '/run/secrets/token' }, secrets });
    await withEmbeddedRuntime(
      [reader],
      async (test) => {
        const api = await test.start('api');
        const { service } = api;
        const own = { ...service.definition, secrets: secrets.map((grant) => ({ ...grant, content: 'leased' })) };
        const copy = await startCopy(test, { service: { ...service, definition: own } }, 'hhhhhhhhhh');
        expect([await seenBy(api), await seenBy(copy)]).toMatchObject([{ text: 'shared' }, { text: 'leased' }]);
      },
      { definition: { secrets: { token: { type: 'content', content: 'shared' } } } },
    );
  });

  it('runs another command where it is given one', async () => {
    await withEmbeddedRuntime(services, async (test) => {
      const { service } = (await startBoth(test)).api;
      const { definition } = service;
      const embedded = { command: ['node', '-e', mirror, 'own', 'other:7000'], cwd: '/' };
      const changed = { service: { ...service, definition: { ...definition, embedded } } };
      const copy = await startCopy(test, changed, 'dddddddddd');
      expect(await seenBy(copy)).toMatchObject({ args: ['own', expect.stringMatching(/^127\.0\.0\.1:\d+$/)] });
    });
  });

  it('is killed when it is removed, and leaves neither port nor file', async () => {
    await withEmbeddedRuntime(services, async (test) => {
      const { api } = await startBoth(test);
      const run = join(test.stateFolder, 'runs', test.owner.instance);
      const files = () => [join(run, 'logs'), join(run, 'programs'), join(test.stateFolder, 'ports')].flatMap(list);
      const before = files();
      const copy = await startCopy(test, api, 'eeeeeeeeee');
      expect(files().length).toBe(before.length + 3);
      const exit = test.runtime.exit(copy, never);
      await test.runtime.remove(copy);
      expect(await exit).toMatchObject({ signal: 'SIGKILL' });
      expect(files()).toEqual(before);
      expect(test.events).toEqual([]);
    });
  });

  it('leaves nothing when it does not start, and tells of its end when it ends by itself', async () => {
    await withEmbeddedRuntime(services, async (test) => {
      const { api } = await startBoth(test);
      const { service } = api;
      const embedded = { command: ['/nowhere/program'], cwd: '/' };
      const broken = { service: { ...service, definition: { ...service.definition, embedded } } };
      const before = list(join(test.stateFolder, 'ports'));
      await expect(startCopy(test, broken, 'ffffffffff')).rejects.toMatchObject({ code: 'SERVICE_START_FAILED' });
      expect(list(join(test.stateFolder, 'ports'))).toEqual(before);

      const copy = await startCopy(test, api, 'gggggggggg');
      const told = new Promise((resolve) => test.runtime.subscribe(resolve));
      process.kill(Number(copy.id.replace('pid:', '')), 'SIGKILL');
      expect(await told).toMatchObject({ type: 'exited', running: { service: { copy: { of: 'api' } } } });
      expect(await seenBy(api)).toHaveProperty('PORT');
    });
  });
});

function list(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
