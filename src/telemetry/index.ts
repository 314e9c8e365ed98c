export { chromeTrace, type Stretch } from './chrome-trace.js';
export { createTelemetry, type ReadableTelemetry } from './create-telemetry.js';
export { watchRequests } from './http-requests.js';
export { createLogger, type LoggerOptions } from './logger.js';
export type { Exposition, MetricsStore } from './metrics.js';
