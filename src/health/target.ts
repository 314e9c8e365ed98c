import type { Credentials } from '../model/index.js';

/** What a probe needs to know of the service it looks at. */
export interface ProbeTarget {
  /** Address that the ports are reached at, for example `127.0.0.1`. */
  readonly host: string;
  /** Gives the host port that stands for a target port; `undefined` when there is none. */
  portOf(target: number): number | undefined;
  readonly credentials?: Credentials;
  /** Whether something in between accepts connections before the service does, as an engine's port forwarding may. */
  readonly forwarded?: boolean;
  /** Runs a command inside the service. */
  exec?(command: readonly string[], signal: AbortSignal): Promise<{ exitCode: number; output: string }>;
}

/** What one probe found; `reason` is for people: "connection refused", "HTTP 503". */
export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Makes the result of a probe that found the service not ready. */
export function notReady(reason: string): ProbeResult {
  return { ok: false, reason };
}

/** The result of a probe that found the service ready. */
export const ready: ProbeResult = { ok: true };
