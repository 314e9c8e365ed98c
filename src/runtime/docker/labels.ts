import type { PlannedService, ProcessIdentity } from '../../model/index.js';
import type { Owner } from '../runtime.js';

/** The labels by which portside knows again what it made. */
export const label = {
  key: 'dev.portside.key',
  agent: 'dev.portside.agent',
  instance: 'dev.portside.instance',
  service: 'dev.portside.service',
  replica: 'dev.portside.replica',
  lease: 'dev.portside.lease',
  shard: 'dev.portside.shard',
  build: 'dev.portside.build',
  snapshot: 'dev.portside.snapshot',
  snapshotService: 'dev.portside.snapshot.service',
  snapshotImage: 'dev.portside.snapshot.image',
  snapshotBytes: 'dev.portside.snapshot.bytes',
} as const;

/** Gives the labels of everything that an environment makes in the engine. */
export function ownerLabels(owner: Owner, project: string): Record<string, string> {
  return {
    [label.key]: owner.key,
    [label.agent]: JSON.stringify(owner.process),
    [label.instance]: owner.instance,
    ...(owner.shard === undefined ? {} : { [label.shard]: owner.shard }),
    // Tools group containers by Compose's labels; the project is unique, so that no `docker compose down` takes ours for its own.
    'com.docker.compose.project': `${project}-${owner.instance}`,
  };
}

/** Gives the further labels of one container. */
export function serviceLabels({ name, copy }: PlannedService, replica: number): Record<string, string> {
  return {
    [label.service]: name,
    [label.replica]: String(replica),
    ...(copy === undefined ? {} : { [label.lease]: copy.lease }),
    'com.docker.compose.service': copy?.of ?? name,
    'com.docker.compose.container-number': String(replica),
    'com.docker.compose.oneoff': 'False',
  };
}

/** Reads the owning process back from a label; `undefined`: it is missing or was not written by portside. */
export function readAgentLabel(
  labels: Readonly<Record<string, string>> | null | undefined,
): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(labels?.[label.agent] ?? '');
    return typeof value?.pid === 'number' && typeof value.host === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
