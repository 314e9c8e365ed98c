import type { KindDefinition } from './kind-definition.js';

/** One condition that must hold before a service counts as ready (D5). */
export type ReadinessCondition =
  | { readonly type: 'postgres'; readonly port: number }
  | { readonly type: 'redis'; readonly port: number }
  /** Ready at any status below 400, or below 500 when `path` was not given by the user. */
  | {
      readonly type: 'http';
      readonly port: number;
      readonly path: string;
      readonly maxStatus: number;
      readonly tls?: boolean;
    }
  | { readonly type: 'tcp'; readonly port: number }
  /** What the kind of the service says. */
  | {
      readonly type: 'kind';
      readonly port: number;
      readonly kind: string;
      readonly ready: NonNullable<KindDefinition['ready']>;
    }
  /** A command run inside the service (Docker) or on the host (embedded); ready at exit code 0. */
  | { readonly type: 'exec'; readonly command: readonly string[] }
  /** The output matches the regular expression at least `count` times. */
  | { readonly type: 'log'; readonly pattern: string; readonly count: number }
  /** The health status that the engine reports, for a check that stands in the image. */
  | { readonly type: 'engine' };

/** A Compose health check with every default filled in; durations in milliseconds. */
export interface HealthcheckDefinition {
  /** Docker's form: `['CMD', ...]`, `['CMD-SHELL', '...']` or `['NONE']`; absent: the image's own test. */
  readonly test?: readonly string[];
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly retries?: number;
  readonly startPeriodMs?: number;
  readonly startIntervalMs?: number;
}
