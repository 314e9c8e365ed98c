// What `portside/ports` exports.
import { type ConfigLocation, loadConfig, readSection, type SectionSpecs, stateFolder } from '../config/index.js';
import { PortAllocator } from '../ports/index.js';

export {
  type AllocateOptions,
  type BindOptions,
  type BoundAddress,
  bindEphemeral,
  PortAllocator,
  type PortAllocatorOptions,
  type PortRange,
  type PortSettings,
  type RateLimit,
} from '../ports/index.js';

/** What the section `port_allocator` of a configuration may say; each key in snake case or in camel case. */
export type PortAllocatorSection = SectionSpecs['portAllocator'];

/**
 * Makes a `PortAllocator` that reserves ports among all processes of the user, portside's own environments included: in
 * the folder of `PORTSIDE_STATE_DIR`, else `portside-<uid>` in the system's temporary folder. `section`: as under
 * `port_allocator`, in snake case or in camel case; default: nothing, with which everything has its default. Throws
 * `CONFIG_INVALID` for what the section may not say, `STATE_FOLDER_UNSAFE`.
 */
export function createPortAllocator(section: PortAllocatorSection = {}): PortAllocator {
  return new PortAllocator({ ...readSection('portAllocator', section), stateFolder: stateFolder(process.env) });
}

/**
 * Makes the `PortAllocator` that the section `port_allocator` of the configuration file describes: of `configFile`, else of the
 * `portside.config.*` that is found from `cwd` (default: the working folder) upwards; without one, everything has its default.
 * Throws `CONFIG_INVALID` for what the file may not say, `STATE_FOLDER_UNSAFE`.
 */
export async function loadPortAllocator(
  location: Partial<Omit<ConfigLocation, 'environment'>> = {},
): Promise<PortAllocator> {
  const config = await loadConfig({ cwd: process.cwd(), ...location, environment: process.env });
  return new PortAllocator({ ...config?.sections.portAllocator, stateFolder: stateFolder(process.env) });
}
