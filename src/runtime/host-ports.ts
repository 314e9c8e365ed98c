import { PortAllocator } from '../ports/index.js';
import type { RuntimeOptions } from './runtime.js';

/** Makes the allocator for host ports that portside chooses itself. */
export function hostPortAllocator({
  stateFolder,
  plan,
  telemetry,
}: Pick<RuntimeOptions, 'stateFolder' | 'plan' | 'telemetry'>): PortAllocator {
  return new PortAllocator({
    ...plan.definition.settings.hostPorts,
    stateFolder,
    // The pools are for fixed, well-known ranges; programs that nobody addresses by number go elsewhere.
    portRanges: {},
    ...(telemetry === undefined ? {} : { telemetry }),
  });
}
