export { createDockerRuntime } from './create.js';
export { type FoundEngine, findEngine, type NoEngine } from './find-engine.js';
export { makeNetworksAhead } from './networks-ahead.js';
export { listDockerSnapshots, removeDockerSnapshot } from './snapshot-images.js';
export { type SweepDockerOptions, sweepDocker } from './sweep.js';
