import type { HostPorts } from '../model/index.js';
import type { SectionSettings } from './sections/index.js';

/** Gives what of `port_allocator` holds for environments too: these have no pools. */
export function hostPortsOf({ portAllocator }: SectionSettings): { readonly hostPorts?: HostPorts } {
  if (portAllocator === undefined) return {};
  const { defaultRange, reservedPorts, allowEphemeral } = portAllocator;
  return {
    hostPorts: {
      ...(defaultRange === undefined ? {} : { defaultRange }),
      ...(reservedPorts === undefined ? {} : { reservedPorts }),
      ...(allowEphemeral === undefined ? {} : { allowEphemeral }),
    },
  };
}
