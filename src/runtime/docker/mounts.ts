import type Docker from 'dockerode';
import type { BindMount, MountDefinition, TmpfsMount, VolumeMount } from '../../model/index.js';

/** The three ways in which the engine takes mounts. */
export interface EngineMounts {
  readonly Mounts: Docker.MountConfig;
  readonly Binds: string[];
  readonly Tmpfs: Record<string, string>;
}

/**
 * Translates mounts to the engine's terms. `volumeName` gives the real name of a named volume; `labels` go to anonymous
 * volumes, so that a sweep finds them.
 */
export function engineMounts(
  mounts: readonly MountDefinition[],
  volumeName: (key: string) => string,
  labels: Readonly<Record<string, string>>,
): EngineMounts {
  const result: EngineMounts = { Mounts: [], Binds: [], Tmpfs: {} };
  for (const mount of mounts) {
    switch (mount.type) {
      case 'volume':
        result.Mounts.push(volume(mount, volumeName, labels));
        break;
      case 'bind':
        if (isShortForm(mount)) result.Binds.push(shortBind(mount));
        else result.Mounts.push(bind(mount));
        break;
      case 'tmpfs':
        if (mount.options === undefined && !mount.readOnly) result.Mounts.push(tmpfs(mount));
        else result.Tmpfs[mount.target] = tmpfsOptions(mount);
        break;
    }
  }
  return result;
}

function volume(
  mount: VolumeMount,
  volumeName: (key: string) => string,
  labels: Readonly<Record<string, string>>,
): Docker.MountSettings {
  const named = mount.source !== undefined;
  const options = {
    NoCopy: mount.noCopy ?? false,
    Labels: named ? {} : { ...labels },
    DriverConfig: { Name: '', Options: {} },
    ...(mount.subpath === undefined ? {} : { Subpath: mount.subpath }),
  };
  return {
    Type: 'volume',
    Source: named ? volumeName(mount.source) : '',
    Target: mount.target,
    ReadOnly: mount.readOnly,
    VolumeOptions: options,
  };
}

// Only the short form makes a missing host folder and relabels for SELinux; it cannot hold a path with a colon.
function isShortForm(mount: BindMount): boolean {
  const colons = mount.source.replace(/^[a-zA-Z]:[\\/]/, '').includes(':') || mount.target.includes(':');
  return !colons && (mount.createHostPath || mount.selinux !== undefined);
}

function shortBind(mount: BindMount): string {
  const options = [mount.readOnly ? 'ro' : 'rw', mount.selinux, mount.propagation].filter(Boolean);
  return `${mount.source}:${mount.target}:${options.join(',')}`;
}

function bind(mount: BindMount): Docker.MountSettings {
  return {
    Type: 'bind',
    Source: mount.source,
    Target: mount.target,
    ReadOnly: mount.readOnly,
    ...(mount.consistency === undefined ? {} : { Consistency: mount.consistency as Docker.MountConsistency }),
    ...(mount.propagation === undefined
      ? {}
      : { BindOptions: { Propagation: mount.propagation as Docker.MountPropagation } }),
  };
}

function tmpfs(mount: TmpfsMount): Docker.MountSettings {
  const options = {
    ...(mount.sizeBytes === undefined ? {} : { SizeBytes: mount.sizeBytes }),
    ...(mount.mode === undefined ? {} : { Mode: mount.mode }),
  };
  return {
    Type: 'tmpfs',
    Source: '',
    Target: mount.target,
    ...(Object.keys(options).length === 0 ? {} : { TmpfsOptions: options as Docker.MountSettings['TmpfsOptions'] }),
  };
}

function tmpfsOptions(mount: TmpfsMount): string {
  return [
    mount.options,
    mount.readOnly ? 'ro' : undefined,
    mount.sizeBytes === undefined ? undefined : `size=${mount.sizeBytes}`,
    mount.mode === undefined ? undefined : `mode=${mount.mode.toString(8)}`,
  ]
    .filter(Boolean)
    .join(',');
}
