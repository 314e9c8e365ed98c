import { constants } from 'node:os';
import { PortsideError } from '../model/index.js';

const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A signal that ends a command. */
export type InterruptName = (typeof names)[number];

/** The signals that reach this process: the first one aborts, the second one ends the process at once. */
export interface Interrupts {
  /** Aborts with an `INTERRUPTED` error. */
  readonly signal: AbortSignal;
  /** 128 + the number of the first signal; 130 when none came. */
  readonly exitCode: number;
  /** Hands signals to the listener instead, until the function given back is called. */
  redirect(listener: (name: InterruptName) => void): () => void;
}

/** The part of `process` that signals come from. */
export interface SignalSource {
  on(name: InterruptName, listener: (name: InterruptName) => void): unknown;
  exit(code: number): void;
}

/** Listens for SIGINT, SIGTERM and SIGHUP. */
export function listenForInterrupts(source: SignalSource): Interrupts {
  const controller = new AbortController();
  const redirections: ((name: InterruptName) => void)[] = [];
  let first: InterruptName | undefined;
  const onSignal = (name: InterruptName): void => {
    const redirected = redirections.at(-1);
    if (redirected !== undefined) redirected(name);
    else if (first !== undefined) source.exit(signalExitCode(name));
    else {
      first = name;
      controller.abort(new PortsideError('INTERRUPTED', `Cannot go on: interrupted by ${name}.`));
    }
  };
  for (const name of names) source.on(name, onSignal);
  return {
    signal: controller.signal,
    get exitCode() {
      return signalExitCode(first ?? 'SIGINT');
    },
    redirect(listener) {
      redirections.push(listener);
      return () => {
        redirections.splice(redirections.indexOf(listener), 1);
      };
    },
  };
}

/** Gives the exit code by which shells report that a signal ended a program: 128 + its number. */
export function signalExitCode(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}
