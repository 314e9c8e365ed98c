/** Gives the engine-wide unique name of a container. */
export function containerName(project: string, service: string, replica: number, instance: string): string {
  return clean(`${project}-${service}-${replica}-${instance}`);
}

/** Gives the engine-wide unique name of a network or volume; a name of its own takes the place of project and key. */
export function resourceName(project: string, key: string, ownName: string | undefined, instance: string): string {
  return clean(`${ownName ?? `${project}_${key}`}-${instance}`);
}

// The engine takes [a-zA-Z0-9][a-zA-Z0-9_.-]+ as a name.
function clean(name: string): string {
  return name.replace(/[^a-zA-Z0-9_.-]/g, '-').replace(/^[^a-zA-Z0-9]+/, '');
}
