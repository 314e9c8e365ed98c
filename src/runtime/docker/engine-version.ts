/** The newest version of the Engine API that this code was written against. */
const newestKnownApi = '1.47';

/** Gives the version of the API that is spoken with an engine: its newest, but none that came after this code. */
export function spokenApi({
  apiVersion,
  minApiVersion,
}: {
  readonly apiVersion: string;
  readonly minApiVersion: string;
}): string {
  const known = isAtLeast(apiVersion, newestKnownApi) ? newestKnownApi : apiVersion;
  return newest(known, minApiVersion);
}

/** Tells whether a dotted version is the other one or later. */
export function isAtLeast(version: string, other: string): boolean {
  const left = version.split('.').map(Number);
  const right = other.split('.').map(Number);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** Gives the later of two dotted versions. */
function newest(version: string, other: string): string {
  return isAtLeast(version, other) ? version : other;
}
