import { delimiter, join } from 'node:path';
import type { Launch, LaunchContext, Launcher, ServiceContext } from '../launcher.js';
import { rewriteOwnEnvironment, rewriteOwnWords } from '../own-ports.js';
import type { ProcessCommand } from '../process-command.js';
import { listeningPorts, waitUntilListening } from './listening.js';
import { reportsPortTaken } from './port-conflict.js';
import { Program } from './program.js';

/** After this long a program that listens on nothing counts as started all the same: whether it is ready is asked elsewhere. */
const listenLimitMs = 5000;

/** A test environment's programs hold nothing that a long farewell would save. */
const defaultGraceMs = 1000;
const maxGraceMs = 10_000;

/** Starts a program of the project's own, with its port in `PORT` and real addresses in its environment. */
export class ProcessLauncher implements Launcher {
  readonly ending: Launcher['ending'];
  readonly #command: ProcessCommand;
  readonly #context: LaunchContext;

  constructor(command: ProcessCommand, context: LaunchContext) {
    const { stopSignal, stopGracePeriodMs = defaultGraceMs } = context.service.definition;
    this.ending = { signal: signalNamed(stopSignal), graceMs: Math.min(stopGracePeriodMs, maxGraceMs) };
    this.#command = command;
    this.#context = context;
  }

  async launch(): Promise<Launch> {
    const { output, targets, ownPort, signal } = this.#context;
    const ports = targets.map((target) => ownPort(target)).filter((port) => port !== undefined);
    const printed: string[] = [];
    const conflict = new AbortController();
    const leave = output.listen(({ text }) => {
      printed.push(text);
      // Some programs stay up after they have found their port taken.
      if (reportsPortTaken([text], ports)) conflict.abort();
    });
    try {
      const program = await this.#start();
      this.#context.started(program);
      if (ports.length === 0) return { taken: false, program };
      const either = AbortSignal.any([signal, conflict.signal]);
      const outcome = await waitUntilListening(program, ports, listenLimitMs, either).catch((error) => {
        if (conflict.signal.aborted && !signal.aborted) return 'conflict' as const;
        throw error;
      });
      if (outcome === 'silent') this.#explainSilence(program, ports);
      if (outcome === 'listening' || outcome === 'silent' || !reportsPortTaken(printed, ports)) {
        return { taken: false, program };
      }
      await program.end('SIGKILL', 0);
      return { taken: true };
    } finally {
      leave();
    }
  }

  /** Whoever looks why the service does not get ready looks into its output first. */
  #explainSilence(program: Program, ports: readonly number[]): void {
    const others = listeningPorts(program);
    if (others.length === 0) return;
    const line = `portside: this program listens on ${others.join(', ')}, not on ${ports.join(', ')}: it must read PORT.`;
    this.#context.output.note(line);
  }

  #start(): Promise<Program> {
    const { base, output } = this.#context;
    const { cwd } = this.#command;
    const [program = '', ...args] = this.#words();
    return Program.start({
      command: program === 'node' ? process.execPath : program,
      args,
      cwd,
      env: { ...base, ...path(base, cwd), ...processEnvironment(this.#context, this.#command) },
      output,
    });
  }

  #words(): string[] {
    const { files, ownPort } = this.#context;
    const words = this.#context.rewriteWords(this.#command.command).map((word) => files.translate(word));
    return rewriteOwnWords(words, ownPort);
  }
}

/** The service's environment as its program on the host gets it. */
export function processEnvironment(context: ServiceContext, command?: ProcessCommand): Record<string, string> {
  const { targets, ownPort, files } = context;
  const environment = { ...context.environment(), ...command?.environment };
  const rewritten = rewriteOwnEnvironment(environment, targets, ownPort);
  return Object.fromEntries(Object.entries(rewritten).map(([key, value]) => [key, files.translate(value)]));
}

/** Programs of the package's dependencies are found by name, as npm arranges it. */
function path(base: Readonly<Record<string, string>>, cwd: string): Record<string, string> {
  return { PATH: [join(cwd, 'node_modules', '.bin'), base['PATH'] ?? ''].join(delimiter) };
}

function signalNamed(name: string | undefined): NodeJS.Signals {
  if (name === undefined || !/^(SIG)?[A-Z]+[0-9]*$/.test(name)) return 'SIGTERM';
  return (name.startsWith('SIG') ? name : `SIG${name}`) as NodeJS.Signals;
}
