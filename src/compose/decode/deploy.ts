import {
  bytes,
  count,
  type Decoder,
  duration,
  integer,
  labels,
  list,
  refuse,
  single,
  struct,
  text,
  texts,
  whenNotZero,
} from './fields.js';

const requestedCount: Decoder = (value, entry) => {
  if (typeof value === 'string' && value.toLowerCase() === 'all') return -1;
  const number = typeof value === 'number' || (typeof value === 'string' && /^[-+]?[0-9]+$/.test(value));
  return number ? Number(value) || undefined : refuse(entry, value, 'it must be "all" or a number');
};

/** A request for devices. */
export const deviceRequest: Decoder = struct({
  capabilities: texts,
  driver: text,
  count: requestedCount,
  device_ids: texts,
  options: labels,
});

const whenSet: Decoder = (value, entry) => {
  const shown = duration(value, entry);
  return shown === '0s' ? undefined : shown;
};

const update = struct({
  parallelism: count,
  delay: whenSet,
  failure_action: text,
  monitor: whenSet,
  max_failure_ratio: whenNotZero(single),
  order: text,
});

const generic: Decoder = (value, entry) => {
  const spec = struct({ kind: text, value: integer })(value, entry) as Record<string, unknown> | undefined;
  return spec === undefined ? undefined : { kind: spec['kind'] ?? '', value: spec['value'] ?? 0 };
};

const resource = struct({
  cpus: whenNotZero(single),
  memory: bytes,
  pids: whenNotZero(integer),
  devices: list(deviceRequest),
  generic_resources: list(struct({ discrete_resource_spec: generic })),
});

const fields = struct({
  mode: text,
  replicas: integer,
  labels,
  update_config: update,
  rollback_config: update,
  resources: struct({ limits: resource, reservations: resource }),
  restart_policy: struct({ condition: text, delay: duration, max_attempts: count, window: duration }),
  placement: struct({
    constraints: texts,
    preferences: list(struct({ spread: text })),
    max_replicas_per_node: whenNotZero(count),
  }),
  endpoint_mode: text,
});

/** The `deploy` section of a service. */
export const deploy: Decoder = (value, entry) => {
  const decoded = fields(value, entry) as Record<string, unknown> | undefined;
  return decoded === undefined ? undefined : { resources: {}, placement: {}, ...decoded };
};
