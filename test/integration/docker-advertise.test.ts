import diagnostics from 'node:diagnostics_channel';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCli, temporaryProject } from '../support/cli.js';
import { describeWithDocker, leftovers } from '../support/docker.js';
import { answering, eventually, withDockerRuntime, withEngine } from '../support/docker-runtime.js';
import { readAll } from '../support/tcp.js';

const advertise = { ANSWER: 'PLAINTEXT://{host}:{ports.7000}' };

/** What a service that answers with the address it was told says when it is asked there. */
function addressOf(port: number | undefined): string {
  return `PLAINTEXT://127.0.0.1:${port}`;
}

let stateFolder: string;
const thieves: Server[] = [];
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'portside-advertise-'));
});
afterEach(() => {
  for (const thief of thieves.splice(0)) thief.close();
  rmSync(stateFolder, { recursive: true, force: true });
});

function reservedPorts(): number[] {
  return readdirSync(join(stateFolder, 'ports')).map(Number);
}

/** Takes every reserved port at the moment when the engine is asked so many times to start a container. */
async function stealing(times: number, body: () => Promise<void>): Promise<number[]> {
  const stolen: number[] = [];
  const steal = (message: unknown) => {
    const { request } = message as { request: { method: string; path: string } };
    if (stolen.length >= times || !/^POST .*\/containers\/\w+\/start/.test(`${request.method} ${request.path}`)) return;
    for (const port of reservedPorts()) {
      thieves.push(createServer().listen(port));
      stolen.push(port);
    }
  };
  diagnostics.subscribe('http.client.request.start', steal);
  try {
    await body();
  } finally {
    diagnostics.unsubscribe('http.client.request.start', steal);
  }
  return stolen;
}

describeWithDocker('a service that must know its own host address', () => {
  it('is told it before it starts, each replica its own', async () => {
    const service = answering('kafka', { advertise, replicas: 2, ports: [7000, 7001] });
    await withDockerRuntime(
      [service],
      async (test) => {
        const replicas = await Promise.all([test.start('kafka', 1), test.start('kafka', 2)]);
        const ports = replicas.map((running) => running.ports[0]?.port ?? 0);
        expect(new Set(ports).size).toBe(2);
        for (const port of ports) expect(await readAll('127.0.0.1', port)).toBe(addressOf(port));
        expect(reservedPorts().sort()).toEqual([...ports].sort());
      },
      {},
      stateFolder,
    );
    expect(reservedPorts()).toEqual([]);
  });

  it('is told the new one when the port is taken from under it', async () => {
    const stolen = await stealing(2, () =>
      withDockerRuntime(
        [answering('kafka', { advertise })],
        async (test) => {
          const [port] = (await test.start('kafka')).ports;
          expect(await readAll('127.0.0.1', port?.port ?? 0)).toBe(addressOf(port?.port));
          expect(test.progress.filter((line) => line === 'kafka creating')).toHaveLength(3);
        },
        {},
        stateFolder,
      ),
    );
    expect(stolen).toHaveLength(2);
  });

  it('gives up with the port and the engine’s answer when port after port is taken', async () => {
    await stealing(99, () =>
      withDockerRuntime(
        [answering('kafka', { advertise })],
        async (test) => {
          await expect(test.start('kafka')).rejects.toMatchObject({ code: 'PORT_UNAVAILABLE', service: 'kafka' });
        },
        {},
        stateFolder,
      ),
    );
    expect(reservedPorts()).toEqual([]);
  });

  it('keeps its address when its container is started again', async () => {
    await withDockerRuntime(
      [answering('kafka', { advertise })],
      async (test) => {
        const before = await test.start('kafka');
        await withEngine((client) => client.getContainer(before.id).restart({ t: 0 }));
        const event = await eventually(() => test.events.find(({ type }) => type === 'started'));
        expect(event).toMatchObject({ running: { ports: before.ports } });
        const port = before.ports[0]?.port;
        expect(await readAll('127.0.0.1', port ?? 0)).toBe(addressOf(port));
      },
      {},
      stateFolder,
    );
  });

  it('has an address of its own as a copy, which is given up with the copy, also with one that does not start', async () => {
    await withDockerRuntime(
      [answering('kafka', { advertise })],
      async ({ runtime, start }) => {
        const { service, ports } = await start('kafka');
        const startCopy = (lease: string, definition = service.definition) =>
          runtime.start(
            { ...service, definition, name: `kafka-${lease}`, copy: { of: 'kafka', lease } },
            1,
            {},
            new AbortController().signal,
          );
        const copy = await startCopy('aaaaaaaaaa');
        const port = copy.ports[0]?.port ?? 0;
        expect(await readAll('127.0.0.1', port)).toBe(addressOf(port));
        expect(reservedPorts()).toHaveLength(2);
        await withEngine((client) => client.getContainer(copy.id).remove({ force: true }));
        await runtime.remove(copy);
        const broken = { ...service.definition, entrypoint: ['/nowhere/program'] };
        await expect(startCopy('bbbbbbbbbb', broken)).rejects.toMatchObject({ code: 'SERVICE_START_FAILED' });
        expect(reservedPorts()).toEqual([ports[0]?.port]);
      },
      {},
      stateFolder,
    );
  });

  it('is told the port of the container whose network it joins', async () => {
    const owner = answering('owner', { command: ['sleep', '60'], ports: [] });
    const guest = answering('guest', { advertise, container: { networkMode: 'service:owner' } });
    await withDockerRuntime(
      [owner, guest],
      async (test) => {
        await test.start('owner');
        const [port] = (await test.start('guest')).ports;
        expect(await readAll('127.0.0.1', port?.port ?? 0)).toBe(addressOf(port?.port));
      },
      {},
      stateFolder,
    );
  });

  it('is told by a label of the Compose file', async () => {
    const server = "require('net').createServer((s) => s.end(process.env.ADDRESS)).listen(7000)";
    const service = { image: 'node:20-slim', command: ['node', '-e', server], ports: ['7000:7000'] };
    const labels = { 'portside.advertise.ADDRESS': 'PLAINTEXT://{host}:{port}' };
    const cwd = temporaryProject({ 'compose.yaml': JSON.stringify({ services: { kafka: { ...service, labels } } }) });
    const options = { cwd, env: { PORTSIDE_STATE_DIR: join(cwd, 'state'), PORTSIDE_RUNTIME: 'docker' } };
    const up = await runCli(['up', '--detach', '--json'], options);
    try {
      const [{ port }] = JSON.parse(up.stdout).services;
      expect(await readAll('127.0.0.1', port)).toBe(addressOf(port));
    } finally {
      await runCli(['down'], options);
    }
    expect(leftovers(cwd)).toEqual([]);
  });
});
