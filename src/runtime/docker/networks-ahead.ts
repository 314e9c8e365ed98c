import { spokenApi } from './engine-version.js';
import type { FoundEngine } from './find-engine.js';
import { ownerLabels } from './labels.js';
import type { EnvironmentNetwork } from './network-use.js';
import type { NetworkContext } from './networks.js';

/** For whom networks are made, and in which engine. */
export type NetworksAheadOptions = Pick<NetworkContext, 'plan' | 'owner'> & { readonly engine: FoundEngine };

/** Networks that were made ahead. */
export interface NetworksAhead {
  /** Their ids by key. */
  readonly ids: Readonly<Record<string, string>>;
  /** Removes them, because nobody has come to own them. */
  remove(): Promise<void>;
}

/**
 * Makes an environment's networks for the agent that is to own them, while that is still loading: an engine takes a tenth of a second for
 * each. What talks to the engine is loaded only here. `undefined` where the agent must see to it itself: with an engine elsewhere, and with networks that need more than a name.
 */
export async function makeNetworksAhead({
  plan,
  owner,
  engine,
}: NetworksAheadOptions): Promise<NetworksAhead | undefined> {
  const { definition } = plan;
  const isPlain = Object.values(definition.networks).every(({ external, ipam }) => !external && ipam === undefined);
  if (engine.address.transport !== 'socket' || !isPlain) return undefined;
  const [{ connectClient }, { createNetworks }, { removeNetwork }] = await Promise.all([
    import('./client.js'),
    import('./networks.js'),
    import('./erase.js'),
  ]);
  const { client, close } = connectClient(engine.address, spokenApi(engine));
  const networks = new Map<string, EnvironmentNetwork>();
  const labels = ownerLabels(owner, definition.project);
  const context = { plan, definition, owner, labels, networks, onProgress: () => {}, engine: { client, local: true } };
  await createNetworks(context).finally(close);
  const ids = Object.fromEntries([...networks].flatMap(([key, { id }]) => (id === undefined ? [] : [[key, id]])));
  return {
    ids,
    remove: async () => {
      const again = connectClient(engine.address, spokenApi(engine));
      await Promise.all(Object.values(ids).map((id) => removeNetwork(again.client, id))).finally(again.close);
    },
  };
}
