import { StringDecoder } from 'node:string_decoder';
import type Docker from 'dockerode';
import type { LogLine, LogOptions } from '../runtime.js';
import { demultiplex, type OutputChunk, plainOutput } from './demultiplex.js';
import { engineStatus } from './engine-error.js';
import type { ContainerRecord, ContainerRecords } from './records.js';

const never = new AbortController().signal;

/** Gives the lines that a container printed; following goes on over restarts until the container is removed or the signal aborts. */
export async function* readLogs(
  client: Docker,
  records: ContainerRecords,
  record: ContainerRecord,
  options: LogOptions,
): AsyncGenerator<LogLine> {
  const signal = options.signal ?? never;
  let position: { tail?: number; since?: number } = options.tail === undefined ? {} : { tail: options.tail };
  try {
    for (;;) {
      // What a program that runs now has behind it is no restart to wait for.
      const before = record.exit === undefined ? record.endedAt : undefined;
      const stream = await openLogs(client, record.id, { ...position, follow: options.follow ?? false }, signal);
      const output = record.service.definition.container.tty
        ? plainOutput(stream, signal)
        : demultiplex(stream, signal);
      for await (const { stream: name, text } of lines(output)) {
        yield { service: record.service.name, replica: record.replica, stream: name, text };
      }
      if (!options.follow) return;
      // The stream ends with the program. It goes on where that ended if the program is started again.
      const since = await records.waitFor(() => restartAfter(records, record, before), signal);
      if (since === 'removed') return;
      position = { since };
    }
  } catch (error) {
    if (!signal.aborted && engineStatus(error) !== 404) throw error;
  }
}

function restartAfter(
  records: ContainerRecords,
  record: ContainerRecord,
  before: number | undefined,
): number | 'removed' | undefined {
  if (records.get(record.id) === undefined || record.removing) return 'removed';
  return record.exit === undefined && record.endedAt !== before ? record.endedAt : undefined;
}

/** The client library reads answers that do not follow as one document and may take a line for JSON, so the stream is asked for here. */
function openLogs(
  client: Docker,
  id: string,
  options: { readonly follow: boolean; readonly tail?: number; readonly since?: number },
  signal: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    client.modem.dial(
      {
        path: `/containers/${id}/logs?`,
        method: 'GET',
        isStream: true,
        statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
        options: { stdout: true, stderr: true, ...options },
        abortSignal: signal,
      },
      (error, stream) => (error === null ? resolve(stream as NodeJS.ReadableStream) : reject(error)),
    );
  });
}

async function* lines(output: AsyncIterable<OutputChunk>): AsyncGenerator<Pick<LogLine, 'stream' | 'text'>> {
  const state = {
    stdout: { decoder: new StringDecoder('utf8'), rest: '' },
    stderr: { decoder: new StringDecoder('utf8'), rest: '' },
  };
  for await (const { stream, data } of output) {
    const own = state[stream];
    const parts = (own.rest + own.decoder.write(data)).split('\n');
    own.rest = parts.pop() ?? '';
    for (const part of parts) yield { stream, text: part.replace(/\r$/, '') };
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    const rest = state[stream].rest + state[stream].decoder.end();
    if (rest !== '') yield { stream, text: rest };
  }
}
