import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Gives the resident memory of a process in megabytes; needs Linux. */
export function memoryOf(pid) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/**
 * Watches a process for so long. Gives what share of one processor it took, in percent, and its resident memory at the end, in
 * megabytes. Needs Linux.
 */
export async function usageOf(pid, milliseconds) {
  const [from, began] = [processorMs(pid), performance.now()];
  await sleep(milliseconds);
  const percent = ((processorMs(pid) - from) / (performance.now() - began)) * 100;
  return { percent, megabytes: memoryOf(pid) };
}

let ticksPerSecond;

/** Gives the processor time of a process so far, its own and the system's for it, in milliseconds; needs Linux. */
export function processorMs(pid) {
  ticksPerSecond ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  // The name of the program stands in parentheses and may hold anything; the times are the 14th and 15th field.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000;
}
