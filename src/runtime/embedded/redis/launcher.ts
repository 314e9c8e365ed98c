import { setTimeout as sleep } from 'node:timers/promises';
import type { Launch, LaunchContext, Launcher } from '../launcher.js';
import { type ListenOutcome, waitUntilListening } from '../process/listening.js';
import { reportsPortTaken } from '../process/port-conflict.js';
import { Program } from '../process/program.js';
import { redisArguments } from './arguments.js';

/** Loading data from a mounted folder may take a while before the server listens. */
const listenLimitMs = 10_000;

/** What a server says once it listens, unless its log level hides that. */
const readyLine = /Ready to accept connections/;

/** So long a server is believed to tell of itself: to look for its socket costs more than it takes to start. */
const tellingMs = 100;

/** Starts a Redis or Valkey server that keeps nothing. */
export class RedisLauncher implements Launcher {
  readonly ending = { signal: 'SIGKILL', graceMs: 0 } as const;
  readonly #program: string;
  readonly #context: LaunchContext;

  constructor(program: string, context: LaunchContext) {
    this.#program = program;
    this.#context = context;
  }

  async launch(): Promise<Launch> {
    const { service, folder, base, output, targets, ownPort, files } = this.#context;
    const [target = 6379] = targets;
    const port = ownPort(target) ?? target;
    const printed: string[] = [];
    const told = new AbortController();
    const leave = output.listen(({ text }) => {
      printed.push(text);
      if (readyLine.test(text)) told.abort();
    });
    try {
      const program = await Program.start({
        command: this.#program,
        args: redisArguments({
          definition: service.definition,
          environment: this.#context.environment(),
          port,
          folder,
          translate: (words) => this.#context.rewriteWords(words).map((word) => files.translate(word)),
        }),
        cwd: folder,
        env: base,
        output,
      });
      this.#context.started(program);
      const outcome = await this.#listening(program, port, told.signal);
      if (outcome === 'exited' && reportsPortTaken(printed, [port])) return { taken: true };
      const version = versionIn(printed);
      return { taken: false, program, ...(version === undefined ? {} : { version }) };
    } finally {
      leave();
    }
  }

  /** Waits until the server says that it listens; one that says nothing is looked at. */
  async #listening(program: Program, port: number, told: AbortSignal): Promise<ListenOutcome> {
    const { signal } = this.#context;
    const decided = AbortSignal.any([signal, told]);
    const ended = program.exited.then(() => 'exited' as const);
    const ready = aborted(decided).then(() => 'listening' as const);
    const first = await Promise.race([ready, ended, sleep(tellingMs, 'silent' as const, { ref: false })]);
    signal.throwIfAborted();
    if (first !== 'silent') return first;
    return waitUntilListening(program, [port], listenLimitMs, decided).catch((error: unknown) => {
      if (told.aborted) return 'listening' as const;
      throw error;
    });
  }
}

/** Resolves at the signal's abort. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** The server's first lines name its version. */
function versionIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const version = /(?:Redis|Valkey) (?:version=|)(\d+\.\d+\.\d+)/i.exec(line)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}
