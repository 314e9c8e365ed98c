import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { inspectMachine } from './doctor.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'portside-doctor-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
});

/** What is found on a machine without an engine, by name. */
async function inspect(environment: Readonly<Record<string, string>> = {}, nodeVersion = 'v22.1.0') {
  const { PATH = '' } = process.env;
  const all = {
    PATH,
    DOCKER_HOST: 'unix:///no/such/docker.sock',
    PORTSIDE_STATE_DIR: join(cwd, 'state'),
    ...environment,
  };
  const { checks, usable } = await inspectMachine({ source: { cwd, environment: all }, nodeVersion });
  return { usable, found: Object.fromEntries(checks.map(({ name, ...check }) => [name, check])) };
}

const compose = (text: string) => writeFileSync(join(cwd, 'compose.yaml'), text);

test.each([
  ['v20.18.1', 'fail'],
  ['v20.19.0', 'ok'],
  ['v21.0.0', 'ok'],
  ['v18.20.0', 'fail'],
  ['unknown', 'fail'],
])('Node %s: %s', async (version, status) => {
  expect((await inspect({}, version)).found['node']).toMatchObject({ status, message: version });
});

test('an engine that does not answer is in the way of Docker alone', async () => {
  const { found, usable } = await inspect();
  expect(found['docker']).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('unix:///no/such/docker.sock'),
    hint: expect.stringContaining('DOCKER_HOST'),
  });
  expect(found['embedded redis']).toMatchObject({ status: 'ok' });
  expect(usable).toBe(true);
  const { found: without } = await inspect({ PATH: '' });
  expect(without['embedded redis']).toMatchObject({ status: 'warn', hint: expect.stringContaining('redis') });
});

test('a state folder that cannot be made is in the way of everything', async () => {
  writeFileSync(join(cwd, 'file'), '');
  const { found } = await inspect({ PORTSIDE_STATE_DIR: join(cwd, 'file/state') });
  expect(found['state folder']).toMatchObject({ status: 'fail', message: expect.stringContaining('file/state') });
});

test('without a project it says so, and that some runtime works', async () => {
  const { found, usable } = await inspect();
  expect(found['project']).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('Cannot find a Compose file'),
  });
  expect(found).not.toHaveProperty('runtime');
  expect(usable).toBe(true);
});

test('of a project it says what it is and where it runs', async () => {
  compose('services:\n  cache: {image: redis}\n');
  const one = await inspect({ PORTSIDE_RUNTIME: 'embedded' });
  expect(one.found['project']?.message).toMatch(/: 1 service from .*compose\.yaml$/);
  expect(one.found['runtime']).toEqual({ status: 'ok', message: 'this project runs on embedded' });
  compose('services:\n  cache: {image: redis}\n  other: {image: redis}\n');
  expect((await inspect({ PORTSIDE_RUNTIME: 'embedded' })).found['project']?.message).toContain(': 2 services from ');
});

test('of a project that nothing can run it says why, and what would help', async () => {
  compose('services:\n  queue: {image: rabbitmq, ports: ["5672"]}\n');
  const { found, usable } = await inspect({ PORTSIDE_RUNTIME: 'embedded' });
  expect(found['runtime']).toMatchObject({
    status: 'fail',
    message: expect.stringMatching(/there is no embedded form of 'queue'/),
    hint: expect.stringContaining("for 'queue'"),
  });
  expect(usable).toBe(false);
  // An engine that was named is never passed over.
  expect((await inspect()).found['runtime']).toMatchObject({
    status: 'fail',
    message: expect.stringContaining('docker.sock'),
  });
});
