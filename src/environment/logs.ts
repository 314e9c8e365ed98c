import type { LogLine } from '../runtime/index.js';

/** Gives the lines of several logs in the order in which they come in. */
export async function* mergeLogs(
  logs: readonly (AsyncIterable<LogLine> | Iterable<LogLine>)[],
): AsyncGenerator<LogLine> {
  const pending = new Map<AsyncGenerator<LogLine>, Promise<Step>>();
  for (const log of logs) {
    const lines = toGenerator(log);
    pending.set(lines, step(lines));
  }
  try {
    while (pending.size > 0) {
      const { lines, result } = await Promise.race(pending.values());
      if (result.done === true) pending.delete(lines);
      else {
        pending.set(lines, step(lines));
        yield result.value;
      }
    }
  } finally {
    for (const lines of pending.keys()) void lines.return(undefined);
  }
}

interface Step {
  readonly lines: AsyncGenerator<LogLine>;
  readonly result: IteratorResult<LogLine>;
}

async function step(lines: AsyncGenerator<LogLine>): Promise<Step> {
  return { lines, result: await lines.next() };
}

async function* toGenerator(log: AsyncIterable<LogLine> | Iterable<LogLine>): AsyncGenerator<LogLine> {
  yield* log;
}
