import { type ErrorCode, PortsideError, type SourcePosition, type Warning } from '../../model/index.js';
import type { ComposeProject } from '../options.js';
import { type Path, Problems } from '../problems.js';

/** Collects what is wrong or not carried out while a project becomes a definition; places are found by path. */
export class Report {
  readonly warnings: Warning[] = [];
  readonly project: ComposeProject;
  readonly #problems = new Problems();

  constructor(project: ComposeProject) {
    this.project = project;
    this.warnings.push(...project.warnings);
  }

  /** Adds an error at a path of the model. */
  fail(code: ErrorCode, path: Path, message: string, details: { hint?: string; service?: string } = {}): void {
    const position = this.positionOf(path);
    this.#problems.addError(new PortsideError(code, message, { ...details, ...(position && { position }) }));
  }

  /** Warns of a key that is known and accepted, and has no effect. */
  notCarriedOut(path: Path, why = 'portside does not carry it out'): void {
    this.warn('NOT_CARRIED_OUT', path, `${showKey(path)} has no effect: ${why}.`);
  }

  /** Adds a warning at a path of the model. */
  warn(code: string, path: Path, message: string): void {
    const position = this.positionOf(path);
    this.warnings.push({ code, message, ...(position && { position }) });
  }

  positionOf(path: Path): SourcePosition | undefined {
    return this.project.positionOf(path);
  }

  throwIfAny(): void {
    this.#problems.throwIfAny();
  }
}

function showKey(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}
