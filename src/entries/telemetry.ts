// What `portside/telemetry` exports.
export type { Counter, EventLog, Gauge, Histogram, Metrics, Telemetry, Trace } from '../model/index.js';
export {
  createLogger,
  createTelemetry,
  type Exposition,
  type LoggerOptions,
  type MetricsStore,
  type ReadableTelemetry,
} from '../telemetry/index.js';
