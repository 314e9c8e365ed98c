import type { Launch, LaunchContext, Launcher } from '../launcher.js';
import { waitUntilListening } from '../process/listening.js';
import { reportsPortTaken } from '../process/port-conflict.js';
import { Program } from '../process/program.js';
import { redisArguments } from './arguments.js';

/** Loading data from a mounted folder may take a while before the server listens. */
const listenLimitMs = 10_000;

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
    const { service, folder, base, output, targets, ownPort, files, signal } = this.#context;
    const [target = 6379] = targets;
    const port = ownPort(target) ?? target;
    const printed: string[] = [];
    const leave = output.listen(({ text }) => printed.push(text));
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
      const outcome = await waitUntilListening(program, [port], listenLimitMs, signal);
      if (outcome === 'exited' && reportsPortTaken(printed, [port])) return { taken: true };
      const version = versionIn(printed);
      return { taken: false, program, ...(version === undefined ? {} : { version }) };
    } finally {
      leave();
    }
  }
}

/** The server's first lines name its version. */
function versionIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const version = /(?:Redis|Valkey) (?:version=|)(\d+\.\d+\.\d+)/i.exec(line)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}
