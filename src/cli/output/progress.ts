import type { ServiceProgress } from '../../model/index.js';
import type { Colors } from './colors.js';

/** Shows the steps of services while something runs; steps come in any order and may repeat. */
export interface ProgressView {
  update(progress: ServiceProgress): void;
  /** Prints a line that stays, above what is still changing. */
  note(text: string): void;
  /** Leaves the newest state standing and shows nothing more. May be called twice. */
  end(): void;
}

/** What a view is made with. */
export interface ProgressViewOptions {
  readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly colors: Colors;
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
}

/** A view that shows nothing, for `--quiet`. */
export const silentProgress: ProgressView = { update: () => {}, note: () => {}, end: () => {} };
