import type { Owner } from '../runtime.js';

type Unique = Pick<Owner, 'instance' | 'shard'>;

/** Gives the engine-wide unique name of a container. */
export function containerName(project: string, service: string, replica: number, owner: Unique): string {
  return clean(`${project}-${service}-${replica}-${suffix(owner)}`);
}

/** Gives the engine-wide unique name of a network or volume; a name of its own takes the place of project and key. */
export function resourceName(project: string, key: string, ownName: string | undefined, owner: Unique): string {
  return clean(`${ownName ?? `${project}_${key}`}-${suffix(owner)}`);
}

function suffix({ shard, instance }: Unique): string {
  return shard === undefined ? instance : `${shard}-${instance}`;
}

// The engine takes [a-zA-Z0-9][a-zA-Z0-9_.-]+ as a name.
function clean(name: string): string {
  return name.replace(/[^a-zA-Z0-9_.-]/g, '-').replace(/^[^a-zA-Z0-9]+/, '');
}
