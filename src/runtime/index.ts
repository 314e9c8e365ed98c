export type { FoundEngine } from './docker/find-engine.js';
export type { NetworksAhead, NetworksAheadOptions } from './docker/networks-ahead.js';
export { hasKnownInputs } from './migration-inputs.js';
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
export { maxAgeMs, SnapshotUse } from './snapshot-use.js';
