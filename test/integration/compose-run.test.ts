import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { type EnvironmentHandle, openEnvironment } from 'portside';
import { expect, onTestFinished, test } from 'vitest';
import { describeWithDocker, leftovers } from '../support/docker.js';
import { temporaryProject } from '../support/program.js';

/** Runs a Compose file on Docker as a user's program would, until the end of the test; nothing may be left then. */
async function run(
  files: Readonly<Record<string, string>>,
  source: { profiles?: readonly string[]; files?: readonly string[] } = {},
): Promise<EnvironmentHandle> {
  const cwd = temporaryProject(files);
  const environment = { ...process.env, PORTSIDE_STATE_DIR: join(cwd, 's') };
  const handle = await openEnvironment({ source: { cwd, environment, settings: { runtime: 'docker' }, ...source } });
  onTestFinished(async () => {
    await handle.close();
    expect(leftovers(cwd)).toEqual([]);
  });
  return handle;
}

/** A service that answers every HTTP request with what the expression gives. */
const answering = (expression: string): string =>
  `node -e "require('node:http').createServer((q, r) => r.end(String(${expression}))).listen(8080)"`;

const text = async (env: EnvironmentHandle, name: string): Promise<string> =>
  (await fetch((await env.discover(name)).url)).text();

describeWithDocker('a Compose file on the engine', () => {
  test('runs a one-shot service to its end before what waits for its completion starts', async () => {
    const env = await run({
      'compose.yaml': `services:
  migrate:
    image: node:20-slim
    command: ["sh", "-c", "sleep 1; echo migrated > /data/done"]
    volumes: [data:/data]
  api:
    image: node:20-slim
    command: ${JSON.stringify(answering("require('node:fs').readFileSync('/data/done')"))}
    ports: ["8080:8080"]
    volumes: [data:/data]
    depends_on: { migrate: { condition: service_completed_successfully } }
volumes: { data: {} }
`,
    });
    expect(await text(env, 'api')).toBe('migrated\n');
    expect(env.progress().find(({ service }) => service === 'migrate')?.phase).toBe('completed');
  });

  test('leaves out what no active profile switches on', async () => {
    const file = {
      'compose.yaml': `services:
  cache: { image: "redis:7-alpine" }
  debug: { image: "redis:7-alpine", profiles: [debug] }
`,
    };
    const without = await run(file);
    const switchedOn = await run(file, { profiles: ['debug'] });
    await expect(without.discover('debug')).rejects.toMatchObject({ code: 'DISCOVERY_UNKNOWN_SERVICE' });
    expect((await switchedOn.discover('debug')).kind).toBe('redis');
  });

  test('gives every replica an endpoint of its own', async () => {
    const env = await run({
      'compose.yaml': `services:
  worker:
    image: node:20-slim
    command: ${JSON.stringify(answering("require('node:os').hostname()"))}
    ports: ["8080"]
    deploy: { replicas: 3 }
`,
    });
    const endpoints = await env.discoverAll('worker');
    const names = await Promise.all(endpoints.map(async ({ url }) => (await fetch(url)).text()));
    expect(new Set(endpoints.map(({ port }) => port)).size).toBe(3);
    expect(new Set(names).size).toBe(3);
  });

  test('publishes a UDP port that answers', async () => {
    const echo = `const s = require('node:dgram').createSocket('udp4'); s.on('message', (m, r) => s.send('echo ' + m, r.port, r.address)).bind(5353)`;
    const env = await run({
      'compose.yaml': `services:
  echo:
    image: node:20-slim
    command: ["node", "-e", ${JSON.stringify(`${echo}; require('node:http').createServer((q, r) => r.end()).listen(8080)`)}]
    ports: ["8080", "5353:5353/udp"]
`,
    });
    const { ports } = await env.discover('echo');
    const udp = ports.find(({ protocol }) => protocol === 'udp');
    const socket = createSocket('udp4');
    onTestFinished(() => void socket.close());
    socket.send('hello', udp?.port ?? 0, '127.0.0.1');
    const [message] = (await once(socket, 'message')) as [Buffer];
    expect(String(message)).toBe('echo hello');
  });

  test('takes extends, include and an override file together', async () => {
    const env = await run({
      'compose.yaml': `include: [queue/compose.yaml]
services:
  api:
    extends: { file: base.yaml, service: node }
    command: ${JSON.stringify(answering('[process.env.FROM_BASE, process.env.FROM_FILE, process.env.LAST]'))}
    environment: { FROM_FILE: file, LAST: file }
    ports: ["8080:8080"]
    depends_on: [queue]
`,
      'compose.override.yaml': 'services: { api: { environment: { LAST: override } } }\n',
      'base.yaml': 'services: { node: { image: "node:20-slim", environment: { FROM_BASE: base, LAST: base } } }\n',
      'queue/compose.yaml': 'services: { queue: { image: "redis:7-alpine" } }\n',
    });
    expect(await text(env, 'api')).toBe('base,file,override');
    expect((await env.discover('queue')).kind).toBe('redis');
  });

  test('H148 H155 connects services over two networks under their aliases', async () => {
    const look = `require('node:dns').promises.lookup(q.url.slice(1)).then(() => r.end('found'), (e) => r.end(e.code))`;
    const env = await run({
      'compose.yaml': `services:
  front:
    image: node:20-slim
    command: ["node", "-e", ${JSON.stringify(`require('node:http').createServer((q, r) => ${look}).listen(8080)`)}]
    ports: ["8080"]
    networks: [outer]
  middle:
    image: redis:7-alpine
    networks: { outer: { aliases: [the-middle] }, inner: {} }
  back:
    image: redis:7-alpine
    networks: { inner: { aliases: [the-back] } }
networks: { outer: {}, inner: { internal: true } }
`,
    });
    const { url } = await env.discover('front');
    const sees = async (name: string): Promise<string> => (await fetch(`${url}/${name}`)).text();
    expect(await sees('the-middle')).toBe('found');
    expect(await sees('the-back')).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  test('shows secrets and configs as files with their modes, and reads a Postgres password from one', async () => {
    const show = `['/run/secrets/token', '/etc/app.conf'].map((f) => (require('node:fs').statSync(f).mode & 0o777).toString(8) + ' ' + require('node:fs').readFileSync(f))`;
    const env = await run({
      'compose.yaml': `services:
  api:
    image: node:20-slim
    command: ${JSON.stringify(answering(show))}
    ports: ["8080"]
    secrets: [{ source: token, mode: 0400 }]
    configs: [{ source: app, target: /etc/app.conf, mode: 0440 }]
  db:
    image: postgres:16-alpine
    environment: { POSTGRES_PASSWORD_FILE: /run/secrets/token }
    secrets: [token]
secrets: { token: { file: ./token.txt } }
configs: { app: { content: "level=debug" } }
`,
      'token.txt': 'abc',
    });
    expect(await text(env, 'api')).toBe('400 abc,440 level=debug');
    expect(await env.discover('db')).toMatchObject({ kind: 'postgres', password: 'abc', status: 'healthy' });
  });

  test('refuses at once to wait for the health of a service that has no health check', async () => {
    const file = (job: string) => ({
      'compose.yaml': `services:
  job: { image: "node:20-slim", command: ["sleep", "60"]${job} }
  api: { image: "redis:7-alpine", depends_on: { job: { condition: service_healthy } } }
`,
    });
    const refusal = { code: 'COMPOSE_INVALID', service: 'job', message: expect.stringContaining('no health check') };
    await expect(run(file(''))).rejects.toMatchObject(refusal);
    await expect(run(file(', healthcheck: { disable: true }'))).rejects.toMatchObject(refusal);
  });
});
