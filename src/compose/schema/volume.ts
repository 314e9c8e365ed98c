import { listOrMapping } from './common.js';
import { either, mapping, oneOf, type Shape, set, string, stringOrBoolean, stringOrNumber, type } from './shape.js';

const size: Shape = { ...type('integer', 'string'), minimum: 0 };

/** The `volumes` of a service. */
export const serviceVolumes: Shape = set(
  either(
    string,
    mapping(
      {
        bind: mapping({
          create_host_path: stringOrBoolean,
          propagation: string,
          recursive: oneOf('enabled', 'disabled', 'writable', 'readonly'),
          selinux: oneOf('z', 'Z'),
        }),
        consistency: string,
        image: mapping({ subpath: string }),
        read_only: stringOrBoolean,
        source: string,
        target: string,
        tmpfs: mapping({ mode: stringOrNumber, size }),
        type: oneOf('bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'),
        volume: mapping({ labels: listOrMapping, nocopy: stringOrBoolean, subpath: string }),
      },
      { required: ['type'] },
    ),
  ),
);
