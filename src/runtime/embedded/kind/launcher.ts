import { delimiter } from 'node:path';
import { type KindDefinition, type KindProgramContext, PortsideError } from '../../../model/index.js';
import type { Launch, LaunchContext, Launcher } from '../launcher.js';
import { waitUntilListening } from '../process/listening.js';
import { reportsPortTaken } from '../process/port-conflict.js';
import { Program } from '../process/program.js';
import { runCommand } from '../process/run.js';
import { commandWords } from '../words.js';

/** A kind with its host program. */
export interface KindForm {
  readonly kind: KindDefinition & Required<Pick<KindDefinition, 'embedded'>>;
  /** Absolute path. */
  readonly program: string;
}

/** Recovering data of a mounted folder may take a while before the server listens. */
const listenLimitMs = 30_000;

/** Starts a server as its kind says. It is killed in the end, as nobody wants to keep its data. */
export class KindLauncher implements Launcher {
  readonly ending = { signal: 'SIGKILL', graceMs: 0 } as const;
  readonly #form: KindForm;
  readonly #context: LaunchContext;
  #isPrepared = false;
  #isStarted = false;

  constructor(form: KindForm, context: LaunchContext) {
    this.#form = form;
    this.#context = context;
  }

  async launch(): Promise<Launch> {
    const { embedded } = this.#form.kind;
    const { folder, base, output, signal, service } = this.#context;
    const context = this.#programContext();
    if (!this.#isPrepared) await embedded.prepare?.(context);
    this.#isPrepared = true;
    const printed: string[] = [];
    const leave = output.listen(({ text }) => printed.push(text));
    try {
      const program = await Program.start({
        command: this.#form.program,
        args: embedded.arguments(context),
        cwd: folder,
        env: { ...base, ...context.environment },
        output,
      });
      this.#context.started(program);
      const outcome = await waitUntilListening(program, [context.port], listenLimitMs, signal);
      if (outcome === 'exited' && reportsPortTaken(printed, [context.port])) return { taken: true };
      if (outcome !== 'listening') throw notListening(service.name, context, printed);
      if (!this.#isStarted) await embedded.started?.(context);
      this.#isStarted = true;
      return { taken: false, program };
    } finally {
      leave();
    }
  }

  #programContext(): KindProgramContext {
    const { service, folder, targets, ownPort, files, signal, rewriteWords } = this.#context;
    const { definition } = service;
    const environment = this.#context.environment();
    const [target = this.#form.kind.port] = targets;
    const words = commandWords(definition.command ?? [], environment) ?? [];
    const options = words[0]?.startsWith('-') === false ? words.slice(1) : words;
    return {
      service: service.name,
      program: this.#form.program,
      folder,
      port: ownPort(target) ?? target,
      credentials: definition.credentials ?? {},
      environment,
      words: rewriteWords(options).map((word) => files.translate(word)),
      durable: definition.lease?.durable === true,
      scripts: files.filesIn('/docker-entrypoint-initdb.d'),
      signal,
      run: (command, input) => this.#run(command, input),
    };
  }

  async #run(command: readonly string[], input?: string): Promise<string> {
    const { service, folder, base, signal } = this.#context;
    const env = { ...base, PATH: [base['PATH'] ?? '', ...systemFolders].join(delimiter) };
    const { exitCode, output } = await runCommand(command, {
      cwd: folder,
      env,
      signal,
      ...(input === undefined ? {} : { input }),
    });
    if (exitCode === 0) return output;
    throw new PortsideError(
      'SERVICE_START_FAILED',
      `Cannot start service '${service.name}': ${command[0]} ended with exit code ${exitCode}.`,
      { service: service.name, logs: output.trim().split('\n').slice(-20), hint: 'Look at what it printed.' },
    );
  }
}

/** Where servers lie that are not on everybody's PATH. */
export const systemFolders: readonly string[] = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];

function notListening(service: string, { program, port }: KindProgramContext, printed: readonly string[]) {
  return new PortsideError(
    'SERVICE_EXITED',
    `Cannot start service '${service}': ${program} does not listen on its port. Current value is ${port}.`,
    { service, hint: 'Look at the output and at the command of the service.', logs: printed.slice(-20) },
  );
}
