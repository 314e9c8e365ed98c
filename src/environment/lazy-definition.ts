import type { EnvironmentDefinition } from '../model/index.js';
import type { MachineOptions, MachineReport } from './doctor.js';
import type { ReadSource } from './read-source.js';
import type { EnvironmentSource } from './source.js';

/** Does what `resolveDefinition` promises; what reads files is loaded only now: an agent that was given a definition never needs it. */
export async function resolveDefinition(source: EnvironmentSource): Promise<EnvironmentDefinition> {
  return (await import('./definition.js')).resolveDefinition(source);
}

/** Reads the files that a source leads to. Errors: `COMPOSE_*` and `CONFIG_INVALID`, with file, line and column. */
export async function readSource(source: EnvironmentSource): Promise<ReadSource> {
  return (await import('./read-source.js')).readSource(source);
}

/** Looks at everything that an environment needs of this machine; starts and changes nothing but makes the state folder. Throws nothing. */
export async function inspectMachine(options: MachineOptions): Promise<MachineReport> {
  return (await import('./doctor.js')).inspectMachine(options);
}
