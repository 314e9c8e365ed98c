import type { NetworksAhead, NetworksAheadOptions } from '../runtime/index.js';

/** Does what `makeNetworksAhead` of the Docker runtime promises. */
export async function makeNetworksAhead(options: NetworksAheadOptions): Promise<NetworksAhead | undefined> {
  return (await import('../runtime/docker/index.js')).makeNetworksAhead(options);
}
