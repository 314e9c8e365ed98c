import { distance } from 'fastest-levenshtein';

/** Gives the candidate that is most like the word, or `undefined` when none is near enough to be a slip of the pen. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (best === undefined || d < best.distance) best = { candidate, distance: d };
  }
  // Nothing of a word in common is no slip, however short the word.
  const limit = Math.min(Math.max(2, Math.floor(word.length / 3)), word.length - 1);
  return best !== undefined && best.distance <= limit ? best.candidate : undefined;
}
