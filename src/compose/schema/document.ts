import { driverOptions, listOrMapping, resourceName, stringOrStrings } from './common.js';
import { service } from './service.js';
import { either, list, mapping, named, orNull, type Shape, string, stringOrBoolean, type } from './shape.js';

const strictNames = (shape: Shape) => named(shape, resourceName);
const external = (options: { open?: boolean; extensible?: boolean }) =>
  either(stringOrBoolean, mapping({ name: string }, options));

const pool = mapping({
  aux_addresses: named(string, /^.+$/),
  gateway: string,
  ip_range: string,
  subnet: string,
});

const network = orNull(
  mapping({
    attachable: stringOrBoolean,
    driver: string,
    driver_opts: driverOptions,
    enable_ipv4: stringOrBoolean,
    enable_ipv6: stringOrBoolean,
    external: external({}),
    internal: stringOrBoolean,
    ipam: mapping({ config: list(pool), driver: string, options: named(string, /^.+$/) }),
    labels: listOrMapping,
    name: string,
  }),
);

const volume = orNull(
  mapping({ driver: string, driver_opts: driverOptions, external: external({}), labels: listOrMapping, name: string }),
);

const secret = mapping({
  driver: string,
  driver_opts: driverOptions,
  environment: string,
  external: external({ open: true }),
  file: string,
  labels: listOrMapping,
  name: string,
  template_driver: string,
});

const config = mapping({
  content: string,
  environment: string,
  external: external({ open: true }),
  file: string,
  labels: listOrMapping,
  name: string,
  template_driver: string,
});

const model = mapping(
  { context_size: type('integer'), model: string, name: string, runtime_flags: list(string) },
  { required: ['model'] },
);

const include = either(
  string,
  mapping({ env_file: stringOrStrings, path: stringOrStrings, project_directory: string }, { extensible: false }),
);

/** A whole Compose file, by the Compose Specification. */
export const composeFile: Shape = mapping({
  configs: strictNames(config),
  include: list(include),
  models: named(model, resourceName, true),
  name: string,
  networks: named(network, resourceName, true),
  secrets: strictNames(secret),
  services: strictNames(service),
  version: string,
  volumes: strictNames(volume),
});
