/** One line that a service printed. */
export interface LogLine {
  readonly service: string;
  readonly replica: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** Which log lines are asked for. */
export interface LogOptions {
  /** Goes on with new lines until the signal aborts or the service is removed. */
  readonly follow?: boolean;
  /** Only the last so many lines. */
  readonly tail?: number;
  readonly signal?: AbortSignal;
}
