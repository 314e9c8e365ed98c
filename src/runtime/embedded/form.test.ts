import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { worker } from '../../../test/support/service-definition.js';
import type { KindDefinition, ServiceDefinition } from '../../model/index.js';
import { embeddedForm } from './form.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portside-form-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
});

/** A folder of programs of these names, as PATH. */
function programs(...names: readonly string[]): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  for (const name of names) writeFileSync(join(bin, name), '#!/bin/sh\n', { mode: 0o755 });
  return bin;
}

const formOf = (definition: Partial<ServiceDefinition>, PATH = '') =>
  embeddedForm(worker('a', definition), { PATH }, folder);

const shell = ['sh', '-c', 'redis-server --port $PORT; true'];
const search = {
  name: 'search',
  port: 9200,
  image: 'search',
  embedded: { programs: ['searchd', 'search'], install: 'get it' },
};
const custom = search as unknown as KindDefinition;

describe('embeddedForm', () => {
  it('runs a Redis by the server that its image is, or by the other one', () => {
    const both = programs('redis-server', 'valkey-server');
    expect(formOf({ kind: 'redis', image: 'redis:7' }, both)).toMatchObject({ describe: join(both, 'redis-server') });
    expect(formOf({ kind: 'redis', image: 'valkey/valkey:8' }, both)).toMatchObject({
      describe: join(both, 'valkey-server'),
    });
    rmSync(join(both, 'redis-server'));
    expect(formOf({ kind: 'redis' }, both)).toMatchObject({ ok: true, describe: join(both, 'valkey-server') });
    rmSync(join(both, 'valkey-server'));
    expect(formOf({ kind: 'redis' }, both)).toMatchObject({ ok: false, hint: expect.stringContaining('redis-server') });
  });

  it('runs a kind of one’s own by the first of its programs that is there', () => {
    const bin = programs('search');
    expect(formOf({ kind: 'tcp', custom }, bin)).toMatchObject({ ok: true, describe: join(bin, 'search') });
    rmSync(join(bin, 'search'));
    expect(formOf({ kind: 'tcp', custom }, bin)).toEqual({
      ok: false,
      reason: 'there is no searchd or search on this host',
      hint: 'get it',
    });
    const { embedded: _, ...without } = search;
    expect(formOf({ kind: 'tcp', image: 'x', custom: without as unknown as KindDefinition }, bin)).toMatchObject({
      ok: false,
      reason: 'x has no counterpart among the programs of this host',
    });
  });

  it.each([
    ['Redis', { kind: 'redis' }],
    ['Postgres', { kind: 'postgres' }],
    ['kind of one’s own', { kind: 'tcp', custom }],
  ] as const)('runs no %s whose command takes a shell', (_what, definition) => {
    expect(formOf({ ...definition, command: shell }, programs('redis-server', 'search'))).toEqual({
      ok: false,
      reason: 'its command takes a shell inside the container',
      hint: 'write the command as a list of words',
    });
  });

  it('runs no module of Testcontainers', () => {
    expect(formOf({ foreign: (() => {}) as never })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('Testcontainers'),
    });
  });

  it('runs a program as the service says, before everything else', () => {
    const embedded = { command: ['node', 'x.js'], cwd: '/srv' };
    expect(formOf({ kind: 'redis', embedded })).toMatchObject({ ok: true, describe: 'node x.js (in /srv)' });
  });

  it('runs a package in the folder that the image is built from', () => {
    const build = { context: folder, args: {} };
    expect(formOf({ kind: 'http', build })).toMatchObject({
      ok: false,
      reason: expect.stringContaining('no package.json'),
    });
    expect(formOf({ kind: 'http', build, command: ['./run', '--fast'] })).toMatchObject({
      describe: `./run --fast (in ${folder})`,
    });
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ scripts: { start: 'node server.js', dev: 'node dev.js' } }),
    );
    expect(formOf({ kind: 'http', build })).toMatchObject({ ok: true, describe: expect.stringContaining('server.js') });
    expect(formOf({ kind: 'http', build, command: ['npm', 'run', 'dev'] })).toMatchObject({
      describe: `node dev.js (in ${folder})`,
    });
    expect(formOf({ kind: 'http', image: 'x', build: { ...build, context: 'https://x/y.git' } })).toMatchObject({
      ok: false,
    });
  });

  it('runs what is mounted where a Node image works', () => {
    const mount = (target: string) =>
      ({ type: 'bind', source: folder, target, readOnly: false, createHostPath: false }) as const;
    const node = {
      kind: 'http',
      image: 'node:20',
      command: ['node', 'x.js'],
      container: { workingDir: '/app' },
    } as const;
    const volume = { type: 'volume', source: 'v', target: '/app', readOnly: false } as const;
    expect(formOf({ ...node, mounts: [volume, mount('/app')] })).toMatchObject({
      describe: `node x.js (in ${folder})`,
    });
    expect(formOf({ ...node, mounts: [mount('/elsewhere')] })).toMatchObject({ ok: false });
    expect(formOf({ ...node, image: 'python:3', mounts: [mount('/app')] })).toMatchObject({ ok: false });
    expect(formOf({ ...node, container: {}, mounts: [mount('/app')] })).toMatchObject({ ok: false });
  });
});
