import { spawnSync } from 'node:child_process';
import { median } from './median.mjs';

/**
 * Runs each program `{name: [arguments of node]}` so many times, in turn, so that a slow moment of the machine meets all of them.
 * Gives the median of the whole process's time for each name, in milliseconds.
 */
export function timePrograms(programs, { rounds, cwd }) {
  const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, args] of Object.entries(programs)) {
      const elapsed = runProgram(name, args, { cwd });
      // The first round only fills the caches of the file system.
      if (round > 0) times[name].push(elapsed);
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}

/** Runs a Node program to its end and gives the whole process's time in milliseconds; throws when it fails, with what it printed. */
export function runProgram(name, args, options) {
  const begin = performance.now();
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, { ...options, encoding: 'utf8' });
  const elapsed = performance.now() - begin;
  if (status !== 0) throw error ?? new Error(`Cannot time ${name}: it ended with code ${status}.\n${stdout}${stderr}`);
  return elapsed;
}
