import { closeSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { LogLine, LogOptions } from '../../runtime.js';

type Line = Pick<LogLine, 'stream' | 'text'>;

/** A line that never ends is cut into pieces of so many characters. */
const maxLineLength = 64 * 1024;

const marks = { stdout: 'o', stderr: 'e' } as const;

/** Keeps what one service prints, in a file, line by line, and hands new lines to whoever follows. */
export class ServiceOutput {
  readonly #path: string;
  readonly #file: number;
  readonly #listeners = new Set<(line: Line | undefined) => void>();
  #closed = false;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#path = path;
    this.#file = openSync(path, 'w', 0o600);
  }

  /** Takes in everything that comes out of a stream. */
  attach(readable: Readable, stream: LogLine['stream']): void {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    readable.on('data', (chunk: Buffer) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = lines.pop() ?? '';
      while (rest.length > maxLineLength) {
        lines.push(rest.slice(0, maxLineLength));
        rest = rest.slice(maxLineLength);
      }
      this.#add(lines.map((text) => ({ stream, text: text.endsWith('\r') ? text.slice(0, -1) : text })));
    });
    readable.on('end', () => {
      rest += decoder.end();
      if (rest !== '') this.#add([{ stream, text: rest }]);
    });
    readable.on('error', () => {});
  }

  /** Adds a line of our own. */
  note(text: string): void {
    this.#add(text.split('\n').map((line) => ({ stream: 'stderr', text: line })));
  }

  /** Calls the listener for every later line; the function given back ends that. */
  listen(listener: (line: Line) => void): () => void {
    const wrapped = (line: Line | undefined) => line !== undefined && listener(line);
    this.#listeners.add(wrapped);
    return () => this.#listeners.delete(wrapped);
  }

  /** Gives the lines so far, or only the last ones. */
  lines(tail?: number): Line[] {
    const lines = readFileSync(this.#path, 'utf8').split('\n').slice(0, -1);
    const wanted = tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail));
    return wanted.map((line) => ({ stream: line.startsWith(marks.stderr) ? 'stderr' : 'stdout', text: line.slice(2) }));
  }

  /** Gives the lines so far, then with `follow` every new one until the signal aborts or the output is closed. */
  async *read({ follow = false, tail, signal }: LogOptions): AsyncGenerator<Line> {
    const queue: (Line | undefined)[] = [];
    let wake = () => {};
    const listener = (line: Line | undefined) => {
      queue.push(line);
      wake();
    };
    const onAbort = () => listener(undefined);
    const past = this.#closed ? [] : this.lines(tail);
    if (follow && !this.#closed) {
      this.#listeners.add(listener);
      signal?.addEventListener('abort', onAbort, { once: true });
    }
    try {
      yield* past;
      if (!follow || this.#closed) return;
      while (signal?.aborted !== true) {
        if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const line = queue.shift();
        if (line === undefined) return;
        yield line;
      }
    } finally {
      this.#listeners.delete(listener);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the output: nothing is taken in any more, and followers come to their end. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#file);
    for (const listener of [...this.#listeners]) listener(undefined);
  }

  #add(lines: readonly Line[]): void {
    if (this.#closed || lines.length === 0) return;
    writeSync(this.#file, lines.map(({ stream, text }) => `${marks[stream]} ${text}\n`).join(''));
    for (const line of lines) for (const listener of [...this.#listeners]) listener(line);
  }
}
