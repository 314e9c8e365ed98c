export type { Counter, EventLog, Gauge, Histogram, Metrics, Telemetry, Trace } from '../model/index.js';
export { createTelemetry, type ReadableTelemetry } from './create-telemetry.js';
export { createLogger, type LoggerOptions } from './logger.js';
export { type Exposition, MetricsStore } from './metrics.js';
export { trace } from './trace.js';
