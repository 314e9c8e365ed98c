import type { PortsideError, Warning } from '../../model/index.js';
import type { CliContext } from '../context.js';
import type { CommonOptions } from '../options.js';
import { type Colors, colorsFor } from './colors.js';
import { errorText } from './error-text.js';
import { formatPosition } from './position.js';

/** Writes what a command has to say: its result on standard output, everything else on standard error. */
export class Output {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  /** Colours of standard output. */
  readonly out: Colors;
  /** Colours of standard error. */
  readonly err: Colors;
  readonly #context: CliContext;

  constructor(context: CliContext, { json = false, quiet = false, verbose = false }: CommonOptions) {
    this.json = json;
    this.quiet = quiet;
    this.verbose = verbose;
    this.out = colorsFor(context.stdout, context.environment);
    this.err = colorsFor(context.stderr, context.environment);
    this.#context = context;
  }

  /** Prints the command's result: the document with `--json`, otherwise the text. */
  result(document: unknown, text: () => string): void {
    this.#context.stdout.write(`${this.json ? JSON.stringify(document, undefined, 2) : text()}\n`);
  }

  /** Prints a remark on standard error, unless `--quiet`. */
  note(text: string): void {
    if (!this.quiet) this.#context.stderr.write(`${text}\n`);
  }

  /** Prints a failure: on standard error for people, with `--json` as the document on standard output. */
  failure(error: PortsideError): void {
    if (this.json) this.#context.stdout.write(`${JSON.stringify({ error: error.toJSON() }, undefined, 2)}\n`);
    else this.failureBeside(error);
  }

  /** Prints a failure on standard error, where the result on standard output has been or will be printed. */
  failureBeside(error: PortsideError): void {
    const text = errorText(error, { cwd: this.#context.cwd, colors: this.err, verbose: this.verbose });
    this.#context.stderr.write(`${text}\n`);
  }

  /** Writes a warning for people, with its position. */
  warningText({ message, position }: Warning): string {
    const where = position === undefined ? '' : this.err.dim(` (${formatPosition(position, this.#context.cwd)})`);
    return `${this.err.yellow('warning:')} ${message}${where}`;
  }
}
