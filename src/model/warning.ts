import type { SourcePosition } from './error.js';

/** Something that was accepted but is not carried out as written; `plan` lists it and every start prints it. */
export interface Warning {
  /** Stable, upper case: what kind of warning this is, for example `NOT_CARRIED_OUT`. */
  readonly code: string;
  readonly message: string;
  readonly position?: SourcePosition;
}
