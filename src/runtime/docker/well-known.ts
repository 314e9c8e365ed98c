import type { ImageFacts } from './image-facts.js';

/** Images of Postgres whose entry point is the official image's, and whose own init scripts do not read the password. */
const wellKnown =
  /^(docker\.io\/)?((library\/)?postgres|postgis\/postgis|pgvector\/pgvector|timescale\/timescaledb)[:@]/;

/** Tells whether an image's name is that of a Postgres whose entry point and init scripts are known. */
export function isWellKnown({ reference }: Pick<ImageFacts, 'reference'>): boolean {
  return wellKnown.test(reference);
}
