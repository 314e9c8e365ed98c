import type { MountDefinition } from '../../model/index.js';
import type { Path } from '../problems.js';
import type { ComposeMount, ComposeService } from '../project/model.js';
import { defined } from './omit.js';
import type { Report } from './report.js';

/** Gives what is mounted into a service. */
export function mountsOf(service: ComposeService, path: Path, report: Report): MountDefinition[] {
  const volumes = (service.volumes ?? []).flatMap((mount, index) =>
    mountOf(mount, [...path, 'volumes', index], report),
  );
  const memory = (service.tmpfs ?? []).map((entry): MountDefinition => {
    const [target = entry, ...options] = entry.split(':');
    return { type: 'tmpfs', target, readOnly: false, ...(options.length === 0 ? {} : { options: options.join(':') }) };
  });
  return [...volumes, ...memory];
}

function mountOf(mount: ComposeMount, path: Path, report: Report): MountDefinition[] {
  const { target = '', source, bind, volume, tmpfs } = mount;
  const base = {
    target,
    readOnly: mount.read_only ?? false,
    ...(mount.consistency && { consistency: mount.consistency }),
  };
  switch (mount.type) {
    case 'bind': {
      if (bind?.recursive !== undefined) report.notCarriedOut([...path, 'bind', 'recursive']);
      const { propagation, selinux } = bind ?? {};
      const createHostPath = bind?.create_host_path !== false;
      return [
        defined({
          ...base,
          type: 'bind',
          source: source ?? '',
          createHostPath,
          propagation,
          selinux,
        }) as MountDefinition,
      ];
    }
    case 'tmpfs': {
      const sizeBytes = tmpfs?.size === undefined ? undefined : Number(tmpfs.size);
      return [defined({ ...base, type: 'tmpfs', sizeBytes, mode: tmpfs?.mode }) as MountDefinition];
    }
    case 'volume': {
      if (volume?.labels !== undefined) report.notCarriedOut([...path, 'volume', 'labels']);
      const { nocopy: noCopy, subpath } = volume ?? {};
      return [defined({ ...base, type: 'volume', source, noCopy, subpath }) as MountDefinition];
    }
    default:
      report.notCarriedOut(path, `mounts of type "${mount.type}" are not supported`);
      return [];
  }
}
