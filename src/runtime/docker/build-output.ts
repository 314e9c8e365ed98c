import { readTrace } from './buildkit-trace.js';
import { jsonLines } from './json-lines.js';

/** One message of a build's progress, from either builder. */
interface BuildMessage {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
  readonly id?: string;
  readonly aux?: unknown;
}

const keptLines = 30;

/** Reads a build's messages: reports its steps, keeps its last lines, and finds out whether it failed. */
export class BuildOutput {
  readonly #report: (detail: string) => void;
  readonly #lines: string[] = [];
  #rest = '';
  #step = '';

  constructor(report: (detail: string) => void) {
    this.#report = report;
  }

  /** Reads to the end; throws what the builder gives as the reason of a failure. */
  async read(stream: NodeJS.ReadableStream): Promise<void> {
    for await (const message of jsonLines<BuildMessage>(stream)) {
      if (message.error !== undefined) throw new Error(message.error);
      if (message.stream !== undefined) this.#classic(message.stream);
      if (message.id === 'moby.buildkit.trace' && typeof message.aux === 'string') this.#trace(message.aux);
    }
  }

  /** The last lines that the build printed. */
  lastLines(): readonly string[] {
    return [...this.#lines, this.#rest].filter((line) => line.trim() !== '').slice(-keptLines);
  }

  #classic(text: string): void {
    const [, number, total] = /^Step (\d+)\/(\d+) :/.exec(text) ?? [];
    if (number !== undefined) this.#progress(`step ${number}/${total}`);
    this.#print(text);
  }

  #trace(aux: string): void {
    const { steps, output } = readTrace(aux);
    for (const step of steps) {
      if (step === this.#step || step.startsWith('[internal]')) continue;
      this.#step = step;
      const [, number, total] = /^\[(?:\S+ )?(\d+)\/(\d+)\]/.exec(step) ?? [];
      if (number !== undefined) this.#progress(`step ${number}/${total}`);
      this.#print(`${step}\n`);
    }
    this.#print(output);
  }

  #progress(detail: string): void {
    this.#report(detail);
  }

  #print(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.#lines.splice(0, Math.max(0, this.#lines.length - keptLines * 2));
  }
}
