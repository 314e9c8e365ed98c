export { type AllocateOptions, PortAllocator, type PortAllocatorOptions } from './allocator.js';
export type { PortRange } from './range.js';
export { PortReservations } from './reservations.js';
