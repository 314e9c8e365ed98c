import type { ErrorJson } from './error.js';
import type { ServiceKind } from './kind.js';
import type { Isolation } from './lease.js';

/** What is being done to a service. */
export type ServicePhase =
  | 'waiting'
  | 'pulling'
  | 'building'
  | 'creating'
  | 'starting'
  | 'probing'
  | 'ready'
  | 'completed'
  | 'failed'
  | 'stopping'
  | 'stopped';

/** The newest step of one service. */
export interface ServiceProgress {
  readonly service: string;
  readonly kind: ServiceKind;
  /** How it is leased where nobody says otherwise; absent: all share it. */
  readonly isolation?: Isolation;
  readonly phase: ServicePhase;
  /** For people: `3 of 7 layers`, `step 4/9`, `exit code 7`. */
  readonly detail?: string;
  /** Milliseconds since the start of the environment. */
  readonly elapsedMs: number;
}

/** Where the environment as a whole stands. */
export type EnvironmentState =
  | { readonly state: 'starting' }
  | { readonly state: 'ready' }
  | { readonly state: 'failed'; readonly error: ErrorJson }
  | { readonly state: 'stopping' }
  | { readonly state: 'stopped' };
