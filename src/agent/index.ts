export { type AttachOptions, attachEnvironment } from './attach.js';
export { EnvironmentHandle } from './handle.js';
export { openEnvironment } from './lazy-open.js';
export type { Fork, ForkOptions, Lease, LeaseOptions } from './leases.js';
export { abandonedEnvironments, findEnvironment, joinEnvironment, listEnvironments } from './list.js';
export type { OpenOptions } from './open.js';
export { agentPaths } from './paths.js';
export { type SweepRequest, sweep } from './sweep.js';
