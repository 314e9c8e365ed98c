import type { EnvironmentDefinition } from '../../model/index.js';
import type { RuntimeOptions } from '../runtime.js';
import type { AdvertisedPorts } from './advertised-ports.js';
import type { Engine } from './engine.js';
import type { KeptData } from './kept-data.js';
import type { EnvironmentNetwork } from './network-use.js';
import type { ContainerRecords } from './records.js';
import type { StartTurns } from './start-turns.js';

/** What the parts of one Docker runtime share. */
export interface DockerContext extends RuntimeOptions {
  readonly engine: Engine;
  readonly definition: EnvironmentDefinition;
  readonly records: ContainerRecords;
  readonly advertisedPorts: AdvertisedPorts;
  readonly kept: KeptData;
  readonly turns: StartTurns;
  /** By key; filled by `prepare`. */
  readonly networks: Map<string, EnvironmentNetwork>;
  /** Real names of the volumes by key; filled by `prepare`. */
  readonly volumes: Map<string, string>;
  /** Labels of everything that is made. */
  readonly labels: Readonly<Record<string, string>>;
  /** Aborted by `stop`: work that several services share ends then. */
  readonly stopping: AbortSignal;
}
