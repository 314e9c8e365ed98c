export { type DiscoverOptions, DiscoveryClient } from './client.js';
export { Replica } from './replica.js';
