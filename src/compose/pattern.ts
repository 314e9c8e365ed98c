/** One step of a tree of path patterns such as `services.*.ports`. */
export interface PatternNode<T> {
  readonly value?: T;
  readonly children: ReadonlyMap<string, PatternNode<T>>;
  readonly any?: PatternNode<T>;
}

interface Building<T> {
  value?: T;
  children: Map<string, Building<T>>;
  any?: Building<T>;
}

/** Makes a tree out of dotted patterns, in which `*` stands for any key or list entry. */
export function patterns<T>(entries: readonly (readonly [pattern: string, value: T])[]): PatternNode<T> {
  const root: Building<T> = { children: new Map() };
  for (const [pattern, value] of entries) {
    let node = root;
    for (const step of pattern.split('.')) {
      let next = step === '*' ? node.any : node.children.get(step);
      if (next === undefined) {
        next = { children: new Map() };
        if (step === '*') node.any = next;
        else node.children.set(step, next);
      }
      node = next;
    }
    node.value = value;
  }
  return root;
}

/** Gives the node below a key, or `undefined` when no pattern goes on there. */
export function step<T>(node: PatternNode<T> | undefined, key: string | number): PatternNode<T> | undefined {
  if (node === undefined) return undefined;
  return (typeof key === 'string' ? node.children.get(key) : undefined) ?? node.any;
}
