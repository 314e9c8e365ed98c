export { createDockerRuntime } from './create.js';
export { type FoundEngine, findEngine, type NoEngine } from './find-engine.js';
export { type SweepDockerOptions, sweepDocker } from './sweep.js';
