type Variables = Record<string, string | undefined>;

/** Sets variables in a process's environment; the function given back puts the earlier values there again, once. */
export function setVariables(target: Variables, values: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(values).map((name) => [name, target[name]] as const);
  Object.assign(target, values);
  return () => {
    for (const [name, value] of before.splice(0)) {
      if (value === undefined) delete target[name];
      else target[name] = value;
    }
  };
}
