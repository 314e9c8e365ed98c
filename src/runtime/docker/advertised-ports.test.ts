import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { worker } from '../../../test/support/service-definition.js';
import { identifyProcess, type PlannedPort, type PlannedService } from '../../model/index.js';
import type { RuntimeOptions } from '../runtime.js';
import { AdvertisedPorts } from './advertised-ports.js';

const signal = new AbortController().signal;
const none = new Set<number>();
let stateFolder: string;
let ports: AdvertisedPorts;
let server: Server | undefined;
beforeEach(() => {
  stateFolder = mkdtempSync(join(tmpdir(), 'portside-advertised-'));
  const options = {
    stateFolder,
    environment: {},
    owner: { key: 'k', instance: 'i', process: identifyProcess() },
    plan: { definition: { settings: {} } },
    onProgress: () => {},
  };
  ports = new AdvertisedPorts(options as unknown as RuntimeOptions);
});
afterEach(async () => {
  server?.close();
  server = undefined;
  await ports.close();
  rmSync(stateFolder, { recursive: true });
});

function kafka(more: Partial<PlannedPort> = {}, advertise?: Record<string, string>): PlannedService {
  const planned = [9092, 9093].map((target) => ({ target, protocol: 'tcp', policy: 'dynamic', ...more }) as const);
  const definition = worker('kafka', advertise === undefined ? {} : { advertise });
  return { name: 'kafka', definition, ports: planned } as unknown as PlannedService;
}

const advertise = { LISTENER: 'x://{host}:{ports.9093}' };

test('only ports that a service advertises are chosen ahead, and stay the same', async () => {
  expect(await ports.fix(kafka(), 1, none, signal)).toEqual(kafka().ports);
  const service = kafka({}, advertise);
  const [first, second] = await ports.fix(service, 1, none, signal);
  expect(first).toEqual(service.ports[0]);
  expect(second).toMatchObject({ target: 9093, policy: 'prefer', published: expect.any(Number) });
  expect((await ports.fix(service, 1, none, signal))[1]).toEqual(second);
  expect((await ports.fix(service, 2, none, signal))[1]?.published).not.toBe(second?.published);
});

test('a port that turned out to be taken is chosen anew, and one that was given up may come again', async () => {
  const service = kafka({}, advertise);
  const published = async (taken: ReadonlySet<number>) =>
    (await ports.fix(service, 1, taken, signal))[1]?.published ?? 0;
  const first = await published(none);
  const second = await published(new Set([first]));
  expect(second).not.toBe(first);
  expect(await published(none)).toBe(second);
  ports.release('kafka', 1);
  ports.release('kafka', 1);
  expect(await published(none)).toBeGreaterThan(0);
});

test('a port that is wished for is taken while it is free', async () => {
  server = createServer();
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const service = kafka({ policy: 'prefer', published: port }, advertise);
  expect((await ports.fix(service, 1, none, signal))[1]?.published).not.toBe(port);
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  expect((await ports.fix(service, 2, new Set([port]), signal))[1]?.published).not.toBe(port);
});
