import type { Metrics, Telemetry } from '../../src/model/index.js';

/** Telemetry that keeps what it is told: `counted()` by the metric's name and the values of its labels, and every `event` of the log. */
export function recordingTelemetry(): {
  readonly telemetry: Telemetry;
  readonly counted: () => Readonly<Record<string, number>>;
  readonly events: readonly (readonly [level: string, message: string, fields: object | undefined])[];
} {
  const values = new Map<string, number>();
  const events: [string, string, object | undefined][] = [];
  const series = (name: string, labels: Readonly<Record<string, string>>) => {
    const key = [name, ...Object.values(labels)].join(' ');
    const add = (more = 1) => values.set(key, (values.get(key) ?? 0) + more);
    return { add, set: (value: number) => values.set(key, value), observe: () => add() };
  };
  const metrics = { counter: series, gauge: series, histogram: series } as unknown as Metrics;
  const telemetry: Telemetry = {
    metrics,
    log: (level, message, fields) => events.push([level, message, fields]),
    trace: (_name, _attributes, act) => act(),
  };
  return { telemetry, counted: () => Object.fromEntries(values), events };
}
