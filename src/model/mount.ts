/** Something mounted into a service's file system. */
export type MountDefinition = VolumeMount | BindMount | TmpfsMount;

interface MountBase {
  /** Absolute path inside the container. */
  readonly target: string;
  readonly readOnly: boolean;
  readonly consistency?: string;
}

/** A named volume of the environment (`source`), or an anonymous one (no `source`). */
export interface VolumeMount extends MountBase {
  readonly type: 'volume';
  /** Key in `EnvironmentDefinition.volumes`; absent for an anonymous volume. */
  readonly source?: string;
  readonly noCopy?: boolean;
  readonly subpath?: string;
}

/** A host file or folder. */
export interface BindMount extends MountBase {
  readonly type: 'bind';
  /** Absolute host path. */
  readonly source: string;
  readonly createHostPath: boolean;
  readonly propagation?: string;
  readonly selinux?: 'z' | 'Z';
}

/** Memory-backed storage. */
export interface TmpfsMount extends MountBase {
  readonly type: 'tmpfs';
  readonly sizeBytes?: number;
  readonly mode?: number;
  /** Options as `tmpfs: /run:uid=1000` gives them, kept as written. */
  readonly options?: string;
}

/** A secret or config that a service sees as a file. */
export interface FileGrant {
  /** Key in `EnvironmentDefinition.secrets` or `.configs`. */
  readonly source: string;
  /** Absolute path inside the container. */
  readonly target: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: number;
  /** What is in it for a copy of the service, in the place of what the source has. */
  readonly content?: string;
}
