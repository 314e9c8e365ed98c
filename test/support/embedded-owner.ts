// Run as a process of its own: starts an embedded environment and then waits to be killed.
import { withEmbeddedRuntime } from './embedded-runtime.js';

const [stateFolder = ''] = process.argv.slice(2);
const keepAlive =
  "require('node:child_process').spawn('sleep', ['1000'], { detached: true }); setInterval(() => {}, 1000)";

await withEmbeddedRuntime(
  [
    { name: 'db', kind: 'postgres', ports: [5432], environment: { POSTGRES_PASSWORD: 'x' } },
    { name: 'cache', kind: 'redis', ports: [6379] },
    { name: 'worker', kind: 'worker', embedded: { command: ['node', '-e', keepAlive], cwd: '/' } },
  ],
  async ({ runtime, start, owner }) => {
    const [, ...copied] = await Promise.all([start('db'), start('cache'), start('worker')]);
    const copies = copied.map(({ service }) => {
      const copy = { ...service, name: `${service.name}-leased`, copy: { of: service.name, lease: 'leased' } };
      return runtime.start(copy, 1, {}, new AbortController().signal);
    });
    await Promise.all(copies);
    console.log(`running ${owner.instance}`);
    await new Promise(() => setInterval(() => {}, 1000));
  },
  { stateFolder },
);
