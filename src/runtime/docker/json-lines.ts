import { createInterface } from 'node:readline';

/** Reads a stream of JSON documents, one a line, as the engine sends events and progress. Lines that are no JSON are passed over. */
export async function* jsonLines<T>(stream: NodeJS.ReadableStream): AsyncGenerator<T> {
  let failure: Error | undefined;
  // The reader of lines ends quietly when its input breaks.
  stream.on('error', (error: Error) => {
    failure = error;
  });
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    const value = parse(line);
    if (value !== undefined) yield value as T;
  }
  if (failure !== undefined) throw failure;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
