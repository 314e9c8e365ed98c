// Discovery in one environment's replica, without the client of registries and its strategies.
export { type DiscoverOptions, EnvironmentDiscovery } from './environment-discovery.js';
export { Replica } from './replica.js';
