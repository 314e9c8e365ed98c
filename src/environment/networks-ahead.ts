import type { NetworksAhead, NetworksAheadOptions } from '../runtime/index.js';

/** Does what `makeNetworksAhead` of the Docker runtime promises; the engine's client is loaded only now. */
export async function makeNetworksAhead(options: NetworksAheadOptions): Promise<NetworksAhead | undefined> {
  return (await import('../runtime/docker/networks-ahead.js')).makeNetworksAhead(options);
}
