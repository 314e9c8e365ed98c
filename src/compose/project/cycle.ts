import type { ComposeService } from './model.js';

/** Finds a cycle of `depends_on` and gives it as a path that ends where it begins; each service is visited once. */
export function findCycle(services: Readonly<Record<string, ComposeService>>): string[] | undefined {
  const done = new Set<string>();
  for (const start of Object.keys(services)) {
    // An own stack: a chain of thousands of services would exhaust the engine's.
    const path: { name: string; rest: Iterator<string> }[] = [];
    const open = new Set<string>();
    const enter = (name: string): void => {
      open.add(name);
      path.push({ name, rest: Object.keys(services[name]?.depends_on ?? {}).values() });
    };
    if (!done.has(start)) enter(start);
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const next = top.rest.next();
      if (next.done === true) {
        open.delete(top.name);
        done.add(top.name);
        path.pop();
      } else if (open.has(next.value)) {
        const names = path.map((step) => step.name);
        return [...names.slice(names.indexOf(next.value)), next.value];
      } else if (!done.has(next.value) && services[next.value] !== undefined) {
        enter(next.value);
      }
    }
  }
  return undefined;
}
