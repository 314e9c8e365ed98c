import type { Metrics } from './metrics.js';

/** Writes one event with its fields. */
export type EventLog = (level: 'debug' | 'info' | 'warn' | 'error', message: string, fields?: object) => void;

/** Runs something inside a span of a trace, which ends, well or not, when the thing does. */
export type Trace = <Result>(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  act: () => Promise<Result>,
) => Promise<Result>;

/** Whom the parts tell what they do: metrics, log and traces. */
export interface Telemetry {
  readonly metrics: Metrics;
  readonly log: EventLog;
  readonly trace: Trace;
}

const nothing = { add: () => {}, set: () => {}, observe: () => {} };

/** Tells nobody. */
export const noTelemetry: Telemetry = {
  metrics: { counter: () => nothing, gauge: () => nothing, histogram: () => nothing },
  log: () => {},
  trace: (_name, _attributes, act) => act(),
};
