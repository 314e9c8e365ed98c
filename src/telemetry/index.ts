export { createTelemetry, type ReadableTelemetry } from './create-telemetry.js';
export { createLogger, type LoggerOptions } from './logger.js';
export type { Exposition, MetricsStore } from './metrics.js';
