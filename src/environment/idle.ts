import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often the processors are looked at, in milliseconds, and which part of them must have been idle meanwhile. */
const lookMs = 500;
const idleShare = 0.6;

/** Waits until the machine's processors have little to do, or until `hurry` aborts. Rejects with the signal's reason when that aborts. */
export async function untilIdle(hurry: AbortSignal, signal: AbortSignal): Promise<void> {
  const either = AbortSignal.any([hurry, signal]);
  for (let before = times(); !either.aborted; ) {
    await sleep(lookMs, undefined, { signal: either, ref: false }).catch(() => undefined);
    const after = times();
    if ((after.idle - before.idle) / Math.max(1, after.all - before.all) >= idleShare) return;
    before = after;
  }
  signal.throwIfAborted();
}

function times(): { readonly idle: number; readonly all: number } {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.idle + times.user + times.nice + times.sys + times.irq;
  }
  return { idle, all };
}
