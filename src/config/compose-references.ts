import type { ComposeReference } from './specs.js';

/** Gives what `compose(...)` put among the services: each lies under a symbol of its own. */
export function composeReferences(services: object | undefined): ComposeReference[] {
  const values = services as Readonly<Record<symbol, ComposeReference>> | undefined;
  return Object.getOwnPropertySymbols(values ?? {}).flatMap((symbol) => values?.[symbol] ?? []);
}
