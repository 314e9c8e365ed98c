import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.js';
import { cliProject, documentOf, nothingRuns, redisFile } from '../support/cli-project.js';
import { describeWithDocker } from '../support/docker.js';

interface Event {
  readonly name: string;
  readonly ph: string;
  readonly tid: number;
  readonly dur?: number;
  readonly args?: { readonly name?: string };
}

/** Starts and stops a Redis with a trace; gives what is in it, as `row: name`, in the order in which it began. */
async function trace(runtime: 'embedded' | 'docker', file = redisFile): Promise<readonly string[]> {
  const options = cliProject(runtime, { 'compose.yaml': file });
  documentOf(await runCli(['up', '--detach', '--json', '--trace', 'start.json'], options));
  const read = (): readonly string[] => {
    const { traceEvents } = JSON.parse(readFileSync(join(options.cwd, 'start.json'), 'utf8')) as {
      traceEvents: Event[];
    };
    const rows = new Map(traceEvents.flatMap(({ ph, tid, args }) => (ph === 'M' ? [[tid, args?.name]] : [])));
    return traceEvents.flatMap(({ ph, tid, name, dur = -1 }) =>
      ph === 'X' && dur >= 0 ? [`${rows.get(tid)}: ${name}`] : [],
    );
  };
  const started = read();
  expect(started).toEqual(
    expect.arrayContaining(['portside: read the files', 'portside: load the agent', 'portside: start']),
  );
  documentOf(await runCli(['down', '--json'], options));
  while (!read().includes('portside: stop')) await sleep(20);
  await nothingRuns(options);
  return started;
}

describe('a trace of a start', () => {
  test('shows each phase of each service', async () => {
    expect(await trace('embedded')).toEqual(expect.arrayContaining(['cache: starting', 'cache: probing']));
  });

  test('is refused at once where it cannot be written', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const { code, stderr } = await runCli(['up', '--trace', 'nowhere/start.json'], options);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('trace') });
  });
});

describeWithDocker('a trace of a start on Docker', () => {
  test('shows each request to the engine', async () => {
    const rows = await trace('docker');
    expect(rows).toEqual(expect.arrayContaining(['cache: creating', 'cache: starting', 'cache: probing']));
    const requests = rows.filter((row) => row.startsWith('requests: '));
    expect(requests).toContainEqual(expect.stringMatching(/POST .*\/containers\/create/));
    expect(requests).toContainEqual(expect.stringMatching(/POST .*\/containers\/\w+\/start/));
  });

  test('shows that images are looked up before anything of what their services wait for has started', async () => {
    const later = '  later:\n    image: redis:7\n    depends_on: { cache: { condition: service_healthy } }\n';
    const rows = await trace('docker', redisFile + later);
    const first = (pattern: RegExp) => rows.findIndex((row) => pattern.test(row));
    const lookUp = first(/GET .*\/images\/redis:7\/json/);
    expect(lookUp).toBeGreaterThan(-1);
    expect(lookUp).toBeLessThan(first(/POST .*\/containers\/\w+\/start/));
  });
});
