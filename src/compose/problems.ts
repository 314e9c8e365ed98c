import { type ErrorCode, PortsideError, type SourcePosition, type Warning } from '../model/index.js';
import { type Place, positionAt } from './yaml/place.js';
import { showValue, type Value } from './yaml/value.js';

/** Steps from the root of a Compose file to a value. */
export type Path = readonly (string | number)[];

/** Writes a path as people do: `services.web.ports[0]`. */
export function showPath(path: Path): string {
  let text = '';
  for (const step of path) text += typeof step === 'number' ? `[${step}]` : text === '' ? step : `.${step}`;
  return text;
}

const shownErrors = 3;
const keptErrors = 100;

/** Collects the errors and warnings of one load, so that all are reported and not only the first. */
export class Problems {
  readonly #errors: PortsideError[] = [];
  readonly #warnings: Warning[] = [];
  readonly #seen = new Set<string>();

  get warnings(): readonly Warning[] {
    return this.#warnings;
  }

  get count(): number {
    return this.#errors.length;
  }

  /** Adds an error at a place; the same error at the same place is kept once. */
  add(code: ErrorCode, message: string, place?: Place, options: { hint?: string; part?: 'key' | 'value' } = {}): void {
    const position = place === undefined ? undefined : positionAt(place, options.part);
    this.addError(
      new PortsideError(code, message, {
        ...(position === undefined ? {} : { position }),
        ...(options.hint === undefined ? {} : { hint: options.hint }),
      }),
    );
  }

  /** Adds the error of a value that its key does not take. */
  invalid(path: Path, why: string, value: Value, place?: Place, hint?: string): void {
    this.add('COMPOSE_INVALID', `Cannot use ${showPath(path)}: ${why}. Current value is ${showValue(value)}.`, place, {
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Adds an error that is already made. */
  addError(error: PortsideError): void {
    if (this.#errors.length < keptErrors && this.#isNew(error.message, error.position)) this.#errors.push(error);
  }

  /** Adds a warning at a place; the same warning at the same place is kept once. */
  warn(code: string, message: string, place?: Place, part: 'key' | 'value' = 'key'): void {
    const position = place === undefined ? undefined : positionAt(place, part);
    if (!this.#isNew(message, position)) return;
    this.#warnings.push({ code, message, ...(position === undefined ? {} : { position }) });
  }

  /** Throws what was collected: one error as it is, several as one that holds them all. */
  throwIfAny(): void {
    const [first, second] = this.#errors;
    if (first === undefined) return;
    if (second === undefined) throw first;
    const shown = this.#errors.slice(0, shownErrors).map((error) => `${showPosition(error.position)}${error.message}`);
    const rest = this.#errors.length - shown.length;
    const more = rest > 0 ? `\n- and ${rest} more` : '';
    throw new PortsideError(
      first.code,
      `Cannot load the Compose files: ${this.#errors.length} errors.\n- ${shown.join('\n- ')}${more}`,
      {
        errors: this.#errors,
        ...(first.hint === undefined ? {} : { hint: first.hint }),
        ...(first.position === undefined ? {} : { position: first.position }),
      },
    );
  }

  #isNew(message: string, position: SourcePosition | undefined): boolean {
    const key = `${showPosition(position)}${message}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

function showPosition(position: SourcePosition | undefined): string {
  return position === undefined ? '' : `${position.file}:${position.line ?? 1}:${position.column ?? 1} `;
}
