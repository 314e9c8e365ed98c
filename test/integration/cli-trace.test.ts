import { existsSync, readFileSync } from 'node:fs';
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
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: { readonly name?: string };
}

/** What is in a trace: `row: name`, and when it began and ended, in microseconds. */
interface Stretch {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

/** Starts and stops a Redis with a trace; gives what is in it. */
async function trace(runtime: 'embedded' | 'docker', file = redisFile): Promise<readonly Stretch[]> {
  const options = cliProject(runtime, { 'compose.yaml': file });
  documentOf(await runCli(['up', '--detach', '--json', '--trace', 'start.json'], options));
  const read = (): readonly Stretch[] => {
    const { traceEvents } = JSON.parse(readFileSync(join(options.cwd, 'start.json'), 'utf8')) as {
      traceEvents: Event[];
    };
    const rows = new Map(traceEvents.flatMap(({ ph, tid, args }) => (ph === 'M' ? [[tid, args?.name]] : [])));
    return traceEvents.flatMap(({ ph, tid, name, ts = -1, dur = -1 }) =>
      ph === 'X' && ts >= 0 && dur >= 0 ? [{ what: `${rows.get(tid)}: ${name}`, from: ts, to: ts + dur }] : [],
    );
  };
  const started = read();
  expect(names(started)).toEqual(
    expect.arrayContaining(['portside: read the files', 'portside: load the agent', 'portside: start']),
  );
  documentOf(await runCli(['down', '--json'], options));
  while (!names(read()).includes('portside: stop')) await sleep(20);
  await nothingRuns(options);
  return started;
}

function names(stretches: readonly Stretch[]): readonly string[] {
  return stretches.map(({ what }) => what);
}

describe('a trace of a start', () => {
  test('shows each phase of each service', async () => {
    expect(names(await trace('embedded'))).toEqual(expect.arrayContaining(['cache: starting', 'cache: probing']));
  });

  test('stays as it is when the environment runs already', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile, 'start.json': 'of an earlier start' });
    documentOf(await runCli(['up', '--detach', '--json'], options));
    const { code, stderr } = await runCli(['up', '--detach', '--trace', 'start.json'], options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('there is no start to trace') });
    expect(readFileSync(join(options.cwd, 'start.json'), 'utf8')).toBe('of an earlier start');
    documentOf(await runCli(['up', '--detach', '--json', '--trace', 'none.json'], options));
    expect(existsSync(join(options.cwd, 'none.json'))).toBe(false);
    documentOf(await runCli(['down', '--json'], options));
    await nothingRuns(options);
  });

  test('is refused at once where it cannot be written', async () => {
    const options = cliProject('embedded', { 'compose.yaml': redisFile });
    const { code, stderr } = await runCli(['up', '--trace', 'nowhere/start.json'], options);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('trace') });
  });
});

describeWithDocker('a trace of a start on Docker', () => {
  test('shows each request to the engine', async () => {
    const rows = names(await trace('docker'));
    expect(rows).toEqual(expect.arrayContaining(['cache: creating', 'cache: starting', 'cache: probing']));
    const requests = rows.filter((row) => row.startsWith('requests: '));
    expect(requests).toContainEqual(expect.stringMatching(/POST .*\/containers\/create/));
    expect(requests).toContainEqual(expect.stringMatching(/POST .*\/containers\/\w+\/start/));
  });

  test('shows that the image of a service is looked up while the service still waits for another', async () => {
    const slow = redisFile.replace('    ports:', '    entrypoint: [sh, -c, "sleep 2; exec redis-server"]\n    ports:');
    const later = '  later:\n    image: redis:7\n    depends_on: { cache: { condition: service_healthy } }\n';
    const stretches = await trace('docker', slow + later);
    const lookUp = stretches.find(({ what }) => /GET .*\/images\/redis:7\/json/.test(what));
    const probing = stretches.find(({ what }) => what === 'cache: probing');
    expect(probing?.to).toBeGreaterThan(2_000_000);
    expect(lookUp?.from).toBeLessThan(probing?.to as number);
  });
});
