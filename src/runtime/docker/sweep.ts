import { livenessOf, PortsideError } from '../../model/index.js';
import type { SweepReport } from '../runtime.js';
import type { HostEnvironment } from './docker-config.js';
import { engineFailed } from './engine-error.js';
import { eraseContainer, removeNetwork, removeVolume } from './erase.js';
import { findEngine } from './find-engine.js';
import { removeGrants } from './grant-files.js';
import { label, readAgentLabel } from './labels.js';

/** What a sweep of the engine is told. */
export interface SweepDockerOptions {
  /** The host's environment variables: they lead to the engine. */
  readonly environment: HostEnvironment;
  /** The per-user state folder, which holds the files of secrets that containers had mounted. */
  readonly stateFolder: string;
  /** Also removes what belongs to other machines or process namespaces. Default false. */
  readonly all?: boolean;
}

type Swept = SweepReport['removed'][number];

interface Leftover extends Swept {
  readonly labels: Readonly<Record<string, string>> | null | undefined;
  /** Gives `false` when another sweep was faster. */
  readonly remove: () => Promise<boolean>;
}

/**
 * Removes the containers, networks and volumes whose owning process has ended. What a living process owns is always kept.
 * Throws ENGINE_UNREACHABLE without an engine, and ENGINE_FAILED when something could not be removed.
 */
export async function sweepDocker({ environment, stateFolder, all = false }: SweepDockerOptions): Promise<SweepReport> {
  const found = await findEngine(environment);
  if (!found.ok) throw found.error;
  const { connectClient } = await import('./client.js');
  const { client, close } = connectClient(found.address);
  const filters = { label: [label.agent] };
  try {
    const [containers, networks, volumes] = await Promise.all([
      client.listContainers({ all: true, filters }),
      client.listNetworks({ filters }),
      client.listVolumes({ filters }),
    ]);
    const leftovers: readonly Leftover[] = [
      ...containers.map(({ Id, Names, Labels }) => ({
        type: 'container' as const,
        name: Names[0]?.replace(/^\//, '') ?? Id,
        labels: Labels,
        remove: () => eraseContainer(client, Id),
      })),
      ...networks.map(({ Id, Name, Labels }) => ({
        type: 'network' as const,
        name: Name,
        labels: Labels,
        remove: () => removeNetwork(client, Id),
      })),
      ...(volumes.Volumes ?? []).map(({ Name, Labels }) => ({
        type: 'volume' as const,
        name: Name,
        labels: Labels,
        remove: () => removeVolume(client, Name),
      })),
    ];
    const dead = leftovers.filter(({ labels }) => isLeftBehind(labels, all));
    const removed: Swept[] = [];
    const failures: PortsideError[] = [];
    // Networks and volumes can go only after the containers that use them.
    for (const types of [['container'], ['network', 'volume']]) {
      const group = dead.filter(({ type }) => types.includes(type));
      await Promise.all(
        group.map(({ type, name, remove }) =>
          remove().then(
            (done) => {
              if (done) removed.push({ type, name });
            },
            (error: unknown) => {
              failures.push(engineFailed(`remove the ${type} '${name}'`, error));
            },
          ),
        ),
      );
    }
    if (failures[0] !== undefined) {
      throw new PortsideError('ENGINE_FAILED', `Cannot sweep the engine: ${failures[0].message}`, { errors: failures });
    }
    const instances = new Set(dead.flatMap(({ labels }) => labels?.[label.instance] ?? []));
    await Promise.all([...instances].map((instance) => removeGrants(stateFolder, instance)));
    return { removed, kept: leftovers.length - dead.length };
  } catch (error) {
    throw engineFailed('sweep the engine', error);
  } finally {
    close();
  }
}

function isLeftBehind(labels: Leftover['labels'], all: boolean): boolean {
  const owner = readAgentLabel(labels);
  const liveness = owner === undefined ? 'foreign' : livenessOf(owner);
  return liveness === 'dead' || (all && liveness === 'foreign');
}
