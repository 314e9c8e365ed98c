import type { PortPolicy, RuntimeChoice } from '../model/index.js';

/** The options that every command takes; durations in milliseconds. */
export interface CommonOptions {
  readonly file?: readonly string[];
  readonly profile?: readonly string[];
  readonly envFile?: readonly string[];
  readonly projectDirectory?: string;
  readonly projectName?: string;
  readonly config?: string;
  readonly runtime?: RuntimeChoice;
  readonly ports?: PortPolicy;
  readonly keepWarm?: number;
  readonly startTimeout?: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

/** Joins options given before and after the command's name: lists add up, of other options the later one counts. */
export function mergeOptions<Options extends CommonOptions>(before: CommonOptions, after: Options): Options {
  const merged: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(after)) {
    const earlier = merged[name];
    merged[name] = Array.isArray(earlier) && Array.isArray(value) ? [...earlier, ...value] : value;
  }
  return merged as unknown as Options;
}
