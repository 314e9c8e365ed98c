export { type AllocateOptions, PortAllocator, type PortAllocatorOptions } from './allocator.js';
export { type BindOptions, type BoundAddress, bindEphemeral } from './bind-ephemeral.js';
export { defaultPoolPorts, poolOfName } from './pools.js';
export type { PortRange } from './range.js';
export type { RateLimit } from './rate-limit.js';
export { PortReservations } from './reservations.js';
export type { PortSettings } from './settings.js';
