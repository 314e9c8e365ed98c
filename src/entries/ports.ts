// What `portside/ports` exports.
import { stateFolder } from '../config/index.js';
import { optionsOfSection, PortAllocator, type PortAllocatorSection } from '../ports/index.js';

export {
  type AllocateOptions,
  type BindOptions,
  type BoundAddress,
  bindEphemeral,
  PortAllocator,
  type PortAllocatorOptions,
  type PortAllocatorSection,
  type PortRange,
  type RateLimit,
} from '../ports/index.js';

/**
 * Makes a `PortAllocator` that reserves ports among all processes of the user, portside's own environments included: in
 * the folder of `PORTSIDE_STATE_DIR`, else `portside-<uid>` in the system's temporary folder. `section`: as under
 * `port_allocator`, in snake case or in camel case; default: nothing, with which everything has its default. Throws
 * `CONFIG_INVALID` for what the section may not say, `USAGE` for ports and ranges that are none, `STATE_FOLDER_UNSAFE`.
 */
export function createPortAllocator(section: PortAllocatorSection = {}): PortAllocator {
  return new PortAllocator({ ...optionsOfSection(section), stateFolder: stateFolder(process.env) });
}
