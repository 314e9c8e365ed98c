import { isMapping, type Mapping } from '../yaml/value.js';

/** Removes the paths that a later document marked `!reset` or `!override` from what was read before it. */
export function applyResets(target: Mapping, resets: readonly (readonly string[])[]): void {
  for (const path of resets) remove(target, path);
}

function remove(target: Mapping, path: readonly string[]): void {
  const [key, ...rest] = path;
  if (key === undefined) return;
  for (const name of key === '*' ? Object.keys(target) : [key]) {
    const value = target[name];
    if (rest.length === 0) delete target[name];
    else if (isMapping(value)) remove(value, rest);
  }
}
