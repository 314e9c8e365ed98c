import { type EventLog, noTelemetry, type Telemetry } from '../model/index.js';
import { MetricsStore } from './metrics.js';
import { trace } from './trace.js';

/** Telemetry whose metrics can be read. */
export interface ReadableTelemetry extends Telemetry {
  readonly metrics: MetricsStore;
}

/** Makes telemetry that counts in this process, writes events to `log` (default: nowhere), and traces where OpenTelemetry is registered. */
export function createTelemetry(log: EventLog = noTelemetry.log): ReadableTelemetry {
  return { metrics: new MetricsStore(), log, trace };
}
