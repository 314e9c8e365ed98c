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
export function newest(version: string, other: string): string {
  return isAtLeast(version, other) ? version : other;
}
