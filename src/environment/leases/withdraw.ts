import type { Slice } from '../../isolation/index.js';
import type { Bundle } from './bundle.js';

/** What decides which slices of a bundle go together. */
export interface Ties {
  /** Whether the service's slice is somebody's lease: then it stays. */
  readonly isHeld: (service: string) => boolean;
  /** Gives the services that the slice is wired to. */
  readonly needs: (slice: Slice) => readonly string[];
}

/** Takes the slices of some services out of a bundle, and with them those that nobody holds and that are wired to one of them. */
export function withdraw(
  bundle: Bundle,
  services: readonly string[],
  { isHeld, needs }: Ties,
): { readonly kept: Bundle; readonly withdrawn: Bundle } {
  const gone = new Set(services.filter((service) => bundle.has(service)));
  const isWired = (slice: Slice) => !isHeld(slice.service) && needs(slice).some((need) => gone.has(need));
  // What is wired to a copy that goes along goes along, too: the set grows while it is gone through.
  for (const _ of gone) {
    for (const slice of bundle.values()) if (isWired(slice)) gone.add(slice.service);
  }
  const those = (isGone: boolean) => new Map([...bundle].filter(([service]) => gone.has(service) === isGone));
  return { kept: those(false), withdrawn: those(true) };
}
