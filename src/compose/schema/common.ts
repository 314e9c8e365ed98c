import {
  either,
  list,
  mapping,
  named,
  type Shape,
  set,
  string,
  stringOrBoolean,
  stringOrInteger,
  stringOrNumber,
  type,
} from './shape.js';

/** Names of services, networks and other resources. */
export const resourceName = /^[a-zA-Z0-9._-]+$/;

const anyName = /.+/;

export const strings: Shape = set(string);
export const stringOrStrings: Shape = either(string, strings);
export const stringOrList: Shape = either(string, list(string));
export const commandLine: Shape = either(type('null', 'string'), list(string));

/** Labels, environment variables, arguments: a mapping or a list of `KEY=VALUE`. */
export const listOrMapping: Shape = either(named(type('string', 'number', 'boolean', 'null'), anyName), strings);

export const extraHosts: Shape = either(named(either(string, list(string)), anyName), strings);

export const driverOptions: Shape = named(stringOrNumber, anyName, true);

export const limits: Shape = named(
  either(stringOrInteger, mapping({ hard: stringOrInteger, soft: stringOrInteger }, { required: ['soft', 'hard'] })),
  /^[a-z]+$/,
  true,
);

/** Secrets and configs as a service is granted them. */
export const grants: Shape = list(
  either(string, mapping({ source: string, target: string, uid: string, gid: string, mode: stringOrNumber })),
);

const hookKeys = {
  command: commandLine,
  user: string,
  privileged: stringOrBoolean,
  working_dir: string,
  environment: listOrMapping,
};

export const hook: Shape = mapping(hookKeys, { required: ['command'] });
export const preStartHook: Shape = mapping({ ...hookKeys, image: string, per_replica: stringOrBoolean });

const deviceKeys = {
  capabilities: strings,
  count: stringOrInteger,
  device_ids: strings,
  driver: string,
  options: listOrMapping,
};

export const deviceRequests: Shape = list(mapping(deviceKeys, { required: ['capabilities'] }));
export const gpuRequests: Shape = list(mapping(deviceKeys, { open: true }));
