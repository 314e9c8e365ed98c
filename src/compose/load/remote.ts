/** Tells whether a path names something on another machine (`https://`, `oci://`, `git@host:...`). */
export function isRemote(path: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path) || path.startsWith('git@');
}
