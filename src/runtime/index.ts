export type {
  ExitInfo,
  LogLine,
  LogOptions,
  Owner,
  RunningService,
  Runtime,
  RuntimeEvent,
  RuntimeOptions,
  SweepReport,
} from './runtime.js';
