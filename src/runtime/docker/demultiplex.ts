import { addAbortSignal, type Readable } from 'node:stream';

/** A piece of a program's output. */
export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Buffer;
}

const headerSize = 8;

/**
 * Takes the engine's mixture of standard output and standard error apart: before each piece stand its stream (1 or 2), three
 * zeros and its size. Aborting rejects with the signal's reason and closes the stream.
 */
export async function* demultiplex(stream: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<OutputChunk> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of abortable(stream, signal)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= headerSize) {
      const end = headerSize + rest.readUInt32BE(4);
      if (rest.length < end) break;
      yield { stream: rest[0] === 2 ? 'stderr' : 'stdout', data: rest.subarray(headerSize, end) };
      rest = rest.subarray(end);
    }
  }
}

/** Reads the output of a program that has a terminal: one stream, unmixed. */
export async function* plainOutput(stream: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<OutputChunk> {
  for await (const data of abortable(stream, signal)) yield { stream: 'stdout', data };
}

async function* abortable(stream: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<Buffer> {
  try {
    yield* addAbortSignal(signal, stream as Readable) as AsyncIterable<Buffer>;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}
