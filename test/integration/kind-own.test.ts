import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEnvironment } from '../../src/agent/index.js';
import { startNode, temporaryProject } from '../support/program.js';

const packageUrl = new URL('../../dist/index.js', import.meta.url).href;

/** A server of notes: each user has notes of its own, and `root` makes and removes users. */
const server = `
  import { createServer } from 'node:http';
  const [port, password] = process.argv.slice(2);
  const users = new Map([['root', { password, notes: [] }]]);
  const answer = (login, method, path) => {
    const [name, secret] = Buffer.from((login ?? '').replace('Basic ', ''), 'base64').toString().split(':');
    if (users.get(name)?.password !== secret) return [401, 'unknown user ' + name];
    const { notes } = users.get(name);
    const [, user, given] = path.split('/');
    if (method === 'POST') return [200, String(notes.push(user))];
    if (name !== 'root' || method === 'GET') return [200, notes.join(' ')];
    if (method === 'PUT' && user === 'full') return [507, 'no room'];
    if (method === 'PUT') users.set(user, { password: given, notes: [...users.get('root').notes] });
    else users.delete(user);
    return [200, 'done'];
  };
  createServer((request, response) => {
    const [status, text] = answer(request.headers.authorization, request.method, request.url);
    response.writeHead(status).end(text);
  }).listen(Number(port), '127.0.0.1');
`;

const kind = `
  import { readFileSync } from 'node:fs';
  import { join } from 'node:path';
  import { defineKind } from 'portside';

  const ask = async ({ host, port, user, password }, method, path) => {
    const authorization = 'Basic ' + Buffer.from(user + ':' + password).toString('base64');
    const response = await fetch('http://' + host + ':' + port + path, { method, headers: { authorization } });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };

  export const notes = defineKind({
    name: 'notes',
    port: 7000,
    image: 'example.com/notes:1',
    images: ['notes'],
    login: ({ given, variable, makePassword }) => ({
      credentials: { user: 'root', password: variable('NOTES_PASSWORD') ?? given?.password ?? makePassword() },
    }),
    ready: async (address) => { await ask(address, 'GET', '/'); },
    embedded: {
      programs: ['node'],
      install: 'install Node',
      prepare: async ({ run }) => {
        await run(['node', '-e', 'fs.writeFileSync("first", fs.readFileSync(0))'], 'prepared');
      },
      arguments: ({ port, credentials, words }) => [...words, String(port), credentials.password ?? ''],
      started: async ({ port, folder, credentials, scripts }) => {
        const texts = [join(folder, 'first'), ...scripts.map(({ path }) => path)].map((path) => readFileSync(path, 'utf8'));
        for (const text of texts) await ask({ host: '127.0.0.1', port, ...credentials }, 'POST', '/' + text.trim());
      },
    },
    isolate: ({ address, service }) => ({
      prepare: async () => {},
      create: async (id) => {
        const user = process.env.NOTES_FULL ? 'full' : 'u' + id;
        const make = async () => { await ask(address(), 'PUT', '/' + user + '/secret'); };
        await make();
        return {
          name: service + '/' + user,
          credentials: { user, password: 'secret' },
          reset: make,
          remove: async () => { await ask(address(), 'DELETE', '/' + user); },
        };
      },
      close: async () => {},
    }),
  });
`;

const files = {
  'server.mjs': server,
  'notes.ts': kind,
  'seed/1.txt': 'seeded',
  'look.mjs': `
    import { openEnvironment } from ${JSON.stringify(packageUrl)};
    const env = await openEnvironment();
    const { name, endpoint: { host, port, user, password } } = await env.lease('pad');
    const headers = { authorization: 'Basic ' + Buffer.from(user + ':' + password).toString('base64') };
    console.log(name, await (await fetch('http://' + host + ':' + port, { headers })).text());
    await env.close();
  `,
};
const asCompose = {
  ...files,
  'portside.config.ts': `import { notes } from './notes.ts'; export default { kinds: [notes] };`,
  'compose.yaml': `
    services:
      pad:
        image: example.com/notes:2
        command: [notes, "\${PWD}/server.mjs"]
        environment: { NOTES_PASSWORD: geheim }
        volumes: ['./seed:/docker-entrypoint-initdb.d:ro']
  `,
};

let state: string;
beforeAll(() => {
  state = mkdtempSync(join(tmpdir(), 'ps-kind-'));
});
afterAll(() => rmSync(state, { recursive: true, force: true }));

const environment = { PORTSIDE_RUNTIME: 'embedded' };

test('a kind of the project starts, fills and leases a service of a Compose file', async () => {
  const cwd = temporaryProject(asCompose);
  const env = { ...environment, PORTSIDE_STATE_DIR: state, PWD: cwd };
  // The agent, a process of its own, loads the kind as this program does.
  const { stdout, stderr } = await startNode(['look.mjs'], { cwd, env }).result;
  expect([stdout.trim(), stderr]).toEqual([
    expect.stringMatching(/^pad\/u[0-9a-z]{10} prepared seeded$/),
    expect.any(String),
  ]);
});

test('a service of a kind may stand in the configuration', async () => {
  const cwd = temporaryProject({
    ...files,
    'portside.config.ts': `
      import { defineEnvironment } from 'portside';
      import { notes } from './notes.ts';
      export default defineEnvironment({
        services: { pad: notes({ command: ['notes', import.meta.dirname + '/server.mjs'], seed: './seed/1.sql' }) },
      });
    `,
    'seed/1.sql': 'sown',
  });
  const source = { cwd, environment: { ...process.env, ...environment, PORTSIDE_STATE_DIR: state } };
  const env = await openEnvironment({ host: 'inline', source });
  try {
    const endpoint = await env.discover('pad');
    expect(endpoint).toMatchObject({ kind: 'tcp', protocol: 'notes', user: 'root', metadata: { kind: 'notes' } });
    const lease = await env.lease('pad');
    expect(lease).toMatchObject({ isolation: 'database', name: expect.stringMatching(/^pad\/u[0-9a-z]{10}$/) });
    const { host, port, url } = lease.endpoint;
    expect(url).toBe(`notes://${lease.name.slice('pad/'.length)}:secret@${host}:${port}`);
    await expect(lease.snapshot('x')).rejects.toMatchObject({ code: 'LEASE_UNSUPPORTED' });
    process.env['NOTES_FULL'] = '1';
    await expect(Promise.all(Array.from({ length: 4 }, () => env.lease('pad')))).rejects.toMatchObject({
      code: 'LEASE_FAILED',
      message: "Cannot lease service 'pad': no room.",
    });
  } finally {
    delete process.env['NOTES_FULL'];
    await env.close();
  }
});
