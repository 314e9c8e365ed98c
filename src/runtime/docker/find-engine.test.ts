import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { candidateAddresses } from './candidates.js';
import { findEngine } from './find-engine.js';

let home: string;
let server: Server | undefined;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'portside-home-'));
});

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
  server = undefined;
  rmSync(home, { recursive: true, force: true });
});

/** A server that answers like an engine. */
async function serve(answer: object): Promise<number> {
  server = createServer((_request, response) => response.end(JSON.stringify(answer)));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const version = { Version: '99.1', ApiVersion: '1.60', MinAPIVersion: '1.50' };

describe('findEngine', () => {
  it('asks the engine that DOCKER_HOST names', async () => {
    const port = await serve(version);
    expect(await findEngine({ HOME: home, DOCKER_HOST: `tcp://127.0.0.1:${port}` })).toMatchObject({
      ok: true,
      describe: `Docker 99.1 at tcp://127.0.0.1:${port}`,
      version: '99.1',
      apiVersion: '1.60',
      minApiVersion: '1.50',
    });
  });

  it('knows Podman by its components', async () => {
    const port = await serve({ ...version, Components: [{ Name: 'Podman Engine' }] });
    const found = await findEngine({ HOME: home, DOCKER_HOST: `127.0.0.1:${port}` });
    expect(found.ok && found.describe).toMatch(/^Podman 99\.1/);
  });

  it('takes an engine that does not say much of itself', async () => {
    const port = await serve({});
    expect(await findEngine({ HOME: home, DOCKER_HOST: `tcp://127.0.0.1:${port}` })).toMatchObject({
      describe: `Docker of unknown version at tcp://127.0.0.1:${port}`,
      apiVersion: '1.41',
      minApiVersion: '1.24',
    });
  });

  it('says that nothing listens where DOCKER_HOST leads, also by ssh', async () => {
    const port = await serve({});
    server?.close();
    for (const scheme of ['tcp', 'ssh']) {
      const found = await findEngine({ HOME: home, DOCKER_HOST: `${scheme}://127.0.0.1:${port}` });
      expect(found).toMatchObject({
        ok: false,
        error: {
          message: expect.stringMatching(new RegExp(`${scheme}://127.0.0.1:${port}: (nothing listens|.*REFUSED)`)),
        },
      });
    }
  });

  it('never passes over a DOCKER_HOST that does not answer', async () => {
    const found = await findEngine({ HOME: home, DOCKER_HOST: 'unix:///no/such/docker.sock' });
    expect(found).toMatchObject({
      ok: false,
      error: {
        code: 'ENGINE_UNREACHABLE',
        message: expect.stringMatching(/unix:\/\/\/no\/such\/docker\.sock: there is no such socket.*DOCKER_HOST/),
        hint: expect.stringMatching(/DOCKER_HOST.*--runtime embedded/),
      },
    });
  });

  it('says that a DOCKER_HOST is no address', async () => {
    const found = await findEngine({ HOME: home, DOCKER_HOST: 'nonsense://x' });
    expect(found).toMatchObject({
      ok: false,
      error: { code: 'ENGINE_UNREACHABLE', message: expect.stringContaining("Current value is 'nonsense://x'") },
    });
  });

  it('says that something else answers there', async () => {
    server = createServer((_request, response) => response.writeHead(404).end('not here'));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const found = await findEngine({ HOME: home, DOCKER_HOST: `tcp://127.0.0.1:${port}` });
    expect(found).toMatchObject({ ok: false, error: { message: expect.stringContaining('it answers 404: not here') } });
  });

  it('follows the Docker context that was chosen, and only that', async () => {
    const port = await serve(version);
    chooseContext('elsewhere', `tcp://127.0.0.1:${port}`);
    expect(await findEngine({ HOME: home })).toMatchObject({ ok: true, version: '99.1' });
    const missing = await findEngine({ HOME: home, DOCKER_CONTEXT: 'unknown' });
    expect(missing).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("'unknown' cannot be read") },
    });
    server?.close();
    server?.closeAllConnections();
    expect(await findEngine({ HOME: home })).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("the Docker context 'elsewhere'") },
    });
  });
});

describe('candidateAddresses', () => {
  it('lists the rootless and the Podman sockets after the standard one', () => {
    const urls = candidateAddresses({ HOME: home, XDG_RUNTIME_DIR: '/run/user/7' }).map(({ url }) => url);
    expect(urls[0]).toBe('unix:///var/run/docker.sock');
    expect(urls).toContain('unix:///run/user/7/docker.sock');
    expect(urls).toContain(`unix://${home}/.docker/desktop/docker.sock`);
    expect(urls).toContain('unix:///run/user/7/podman/podman.sock');
  });

  it('puts the engine of .testcontainers.properties first', () => {
    writeFileSync(join(home, '.testcontainers.properties'), '# mine\ndocker.host = tcp://127.0.0.1:4711\n');
    expect(candidateAddresses({ HOME: home })[0]).toMatchObject({ url: 'tcp://127.0.0.1:4711', explicit: false });
  });

  it('knows user and agent of an engine behind ssh', () => {
    const environment = { HOME: home, DOCKER_HOST: 'ssh://me%40x@h:23', SSH_AUTH_SOCK: '/agent' };
    expect(candidateAddresses(environment)).toMatchObject([
      { transport: 'ssh', user: 'me@x', host: 'h', port: 23, sshAgent: '/agent' },
    ]);
  });

  it('takes TLS from DOCKER_TLS_VERIFY and DOCKER_CERT_PATH', () => {
    const environment = { HOME: home, DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };
    expect(candidateAddresses(environment)).toMatchObject([{ port: 2376, tls: { folder: '/certs', verify: true } }]);
    const { DOCKER_CERT_PATH: _, ...usual } = environment;
    expect(candidateAddresses(usual)).toMatchObject([{ tls: { folder: `${home}/.docker`, verify: true } }]);
  });
});

function chooseContext(name: string, host: string): void {
  const id = createHash('sha256').update(name).digest('hex');
  const folder = join(home, '.docker/contexts/meta', id);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
  writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: name }));
}
