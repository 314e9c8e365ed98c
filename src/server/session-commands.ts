import { PortsideError, type SessionAnswer, type SessionCommand } from '../model/index.js';
import { errorShown } from './answer-errors.js';
import type { ServerOptions } from './server.js';
import { leaseForSession } from './session-lease.js';

/** Carries out what one session asks for on its own stream: leases, without a request to the server for each (D4). */
export class SessionCommands {
  readonly #options: Pick<ServerOptions, 'environment' | 'sessions'>;
  readonly #session: string;
  readonly #send: (answer: SessionAnswer) => void;
  readonly #leasing = new Map<number, AbortController>();

  constructor(
    options: Pick<ServerOptions, 'environment' | 'sessions'>,
    session: string,
    send: (answer: SessionAnswer) => void,
  ) {
    this.#options = options;
    this.#session = session;
    this.#send = send;
  }

  /** Takes one line in; what comes of it is sent as an answer. Errors: that of JSON. */
  take(line: string): void {
    const command = JSON.parse(line) as SessionCommand;
    const { number } = command;
    if (command.command === 'cancel') {
      this.#leasing.get(number)?.abort(cancelled());
      return;
    }
    this.#carryOut(command).then(
      (value) => this.#send({ type: 'answer', number, value }),
      (error: unknown) => this.#send({ type: 'answer', number, error: errorShown(error).toJSON() }),
    );
  }

  async #carryOut(command: Exclude<SessionCommand, { command: 'cancel' }>): Promise<unknown> {
    if (command.command === 'lease') return this.#lease(command);
    const leases = await this.#options.environment.leases();
    switch (command.command) {
      case 'release':
        return leases.release(command.id);
      case 'reset':
        return leases.reset(command.id);
      case 'snapshot':
        return leases.snapshot(command.id, command.name);
      case 'restore':
        return leases.restore(command.id, command.name);
      default:
        throw new PortsideError('USAGE', `Cannot do that in a session. Current value is ${JSON.stringify(command)}.`, {
          hint: 'Client and agent may be of two versions of portside: `portside down`, then start again.',
        });
    }
  }

  async #lease({ number, request }: Extract<SessionCommand, { command: 'lease' }>): Promise<unknown> {
    const unwanted = new AbortController();
    this.#leasing.set(number, unwanted);
    try {
      return await leaseForSession(this.#options, { ...request, session: this.#session }, unwanted.signal);
    } finally {
      this.#leasing.delete(number);
    }
  }
}

function cancelled(): PortsideError {
  return new PortsideError('USAGE', 'Cannot lease: the client no longer waits for it.');
}
