import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Endpoint, PlannedService } from '../model/index.js';
import { migrate } from './migrate.js';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'portside-migrate-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
});

const service = { name: 'db' } as PlannedService;
const endpoint = {
  ...{ name: 'db', kind: 'postgres', host: '127.0.0.1', port: 21_001, url: 'postgresql://u:p@127.0.0.1:21001/d' },
  ...{ user: 'u', password: 'p', database: 'd' },
} as unknown as Endpoint;
const context = {
  endpoint,
  environment: { PATH: process.env['PATH'], NOTHING: undefined },
  signal: new AbortController().signal,
} as Parameters<typeof migrate>[2];

const command = (script: string) => {
  writeFileSync(join(cwd, 'migrate.mjs'), script);
  return { type: 'command', command: 'node migrate.mjs', cwd, inputs: [] } as const;
};

test('a command migrates in its folder, told where the database is', async () => {
  await migrate(
    service,
    command(`import { writeFileSync } from 'node:fs'; writeFileSync('seen', process.env.DATABASE_URL)`),
    context,
  );
  expect(readFileSync(join(cwd, 'seen'), 'utf8')).toBe('postgresql://u:p@127.0.0.1:21001/d');
});

test('one that fails is told with its exit code and its last output', async () => {
  const failing = command(
    `for (let i = 0; i < 60; i++) console.log(i); console.error('no table'); process.exitCode = 3`,
  );
  const error = await migrate(service, failing, context).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'MIGRATION_FAILED',
    service: 'db',
    message: "Cannot migrate 'db': 'node migrate.mjs' ended with exit code 3.",
    hint: 'Its last output stands below.',
  });
  expect((error as { logs: string[] }).logs).toHaveLength(40);
});

test('a function migrates with the endpoint; what it throws is told', async () => {
  const seen: unknown[] = [];
  await migrate(service, { type: 'function', run: (one) => void seen.push(one), inputs: [] }, context);
  expect(seen).toEqual([endpoint]);
  for (const cause of [new Error('no table'), 'no table']) {
    const run = () => {
      throw cause;
    };
    await expect(migrate(service, { type: 'function', run, inputs: [] }, context)).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: "Cannot migrate 'db': its function threw: no table.",
      hint: expect.stringContaining('function in the configuration file'),
    });
  }
});
