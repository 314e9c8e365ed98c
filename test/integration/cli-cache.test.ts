import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type CliOptions, runCli } from '../support/cli.js';
import { cliProject, documentOf, nothingRuns } from '../support/cli-project.js';

const compose = `services:
  db:
    image: postgres:16-alpine
    environment: { POSTGRES_PASSWORD: secret }
    ports: ["5432"]
`;

interface Kept {
  readonly key: string;
  readonly runtime: string;
  readonly usedAt: number;
}

async function kept(options: CliOptions): Promise<readonly Kept[]> {
  const { snapshots } = documentOf(await runCli(['cache', 'ls', '--json'], options));
  return snapshots.filter(({ runtime }: Kept) => runtime === 'embedded');
}

test('the data of a server are kept after its first start, used by the next one, listed and removed', async () => {
  const project = cliProject('embedded', { 'compose.yaml': compose });
  const options = { ...project, env: { ...project.env, PORTSIDE_SNAPSHOTS: 'on' } };
  const run = () => runCli(['run', '--', 'node', '-e', ''], options);
  expect((await run()).code).toBe(0);
  let [first] = await kept(options);
  for (; first === undefined; [first] = await kept(options)) await sleep(50);
  expect(first.key).toMatch(/^[0-9a-f]{24}$/);

  expect((await run()).code).toBe(0);
  const [second] = await kept(options);
  expect(second?.key).toBe(first.key);
  expect(second?.usedAt).toBeGreaterThan(first.usedAt);
  expect((await runCli(['cache', 'ls'], options)).stdout).toMatch(/^SNAPSHOT +RUNTIME[\s\S]*Postgres/);

  const { removed } = documentOf(await runCli(['cache', 'prune', '--max-size', '0', '--json'], noEngine(options)));
  expect(removed).toEqual([expect.objectContaining({ key: first.key })]);
  expect((await runCli(['cache', 'ls'], noEngine(options))).stdout).toBe('Nothing is kept.\n');
  await nothingRuns(options);
});

test('nothing is kept when snapshots are switched off, and an unknown action is refused', async () => {
  const project = cliProject('embedded', { 'compose.yaml': `${compose}x-portside: { snapshots: false }\n` });
  const options = { ...project, env: { ...project.env, PORTSIDE_SNAPSHOTS: '' } };
  expect((await runCli(['run', '--', 'node', '-e', ''], options)).code).toBe(0);
  expect(await kept(options)).toEqual([]);
  const { code, stderr } = await runCli(['cache', 'empty'], options);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('cache empty') });
});

/** What is kept in an engine is everybody's. */
function noEngine({ env, ...options }: CliOptions): CliOptions {
  return { ...options, env: { ...env, DOCKER_HOST: 'unix:///nowhere.sock' } };
}
