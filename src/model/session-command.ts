import type { ErrorJson } from './error.js';
import type { LeaseRequest } from './lease.js';

/**
 * What a client asks for on the stream of its own session, a line of JSON each. The number is the client's; the answer has the same
 * one. `cancel`: the command of this number is no longer wanted, and need not be answered.
 */
export type SessionCommand = { readonly number: number } & (
  | { readonly command: 'lease'; readonly request: Omit<LeaseRequest, 'session'> }
  | { readonly command: 'release' | 'reset'; readonly id: string }
  | { readonly command: 'snapshot' | 'restore'; readonly id: string; readonly name: string }
  | { readonly command: 'cancel' }
);

/** The answer to a command: its value, or why it failed. */
export interface SessionAnswer {
  readonly type: 'answer';
  readonly number: number;
  readonly value?: unknown;
  readonly error?: ErrorJson;
}
