import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { type CliOptions, type CliResult, runCli, temporaryProject } from './cli.js';

/** A Compose file with one Redis. */
export const redisFile = 'services:\n  cache:\n    image: redis:7-alpine\n    ports: ["6379:6379"]\n';

/**
 * Makes a folder with these files and says how the command line is run in it: with a state folder of its own, so that only its
 * environments are seen. An agent that still runs at the end of the test, because the test failed, is ended.
 */
export function cliProject(runtime: 'embedded' | 'docker', files: Readonly<Record<string, string>>): CliOptions {
  const cwd = temporaryProject(files);
  const state = join(cwd, 'state');
  onTestFinished(() => endAgents(state));
  return { cwd, env: { PORTSIDE_STATE_DIR: state, PORTSIDE_RUNTIME: runtime } };
}

/** Expects that no environment of the folder's state folder runs any more. */
export async function nothingRuns(options: CliOptions): Promise<void> {
  const { stdout } = await runCli(['ps', '--all', '--json'], options);
  expect(JSON.parse(stdout)).toEqual({ environment: null, services: [], leases: [], sessions: [], environments: [] });
}

/** Gives the JSON document of a command line that has succeeded. */
export function documentOf({ code, stdout, stderr }: CliResult) {
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('error:') });
  return JSON.parse(stdout);
}

async function endAgents(state: string): Promise<void> {
  const folder = join(state, 'e');
  for (const key of existsSync(folder) ? readdirSync(folder) : []) {
    const record = join(folder, key, 'agent.json');
    if (!existsSync(record)) continue;
    const { pid } = JSON.parse(readFileSync(record, 'utf8')).process;
    try {
      process.kill(pid, 'SIGTERM');
      while (process.kill(pid, 0)) await sleep(50);
    } catch {
      // It has ended.
    }
  }
}
