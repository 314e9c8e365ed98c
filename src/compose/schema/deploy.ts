import { deviceRequests, listOrMapping } from './common.js';
import { list, mapping, oneOf, orNull, type Shape, string, stringOrInteger, stringOrNumber } from './shape.js';

const update = mapping({
  delay: string,
  failure_action: string,
  max_failure_ratio: stringOrNumber,
  monitor: string,
  order: oneOf('start-first', 'stop-first'),
  parallelism: stringOrInteger,
});

const genericResources = list(mapping({ discrete_resource_spec: mapping({ kind: string, value: stringOrNumber }) }));

/** The `deploy` section of a service. */
export const deploy: Shape = orNull(
  mapping({
    endpoint_mode: string,
    labels: listOrMapping,
    mode: string,
    placement: mapping({
      constraints: list(string),
      max_replicas_per_node: stringOrInteger,
      preferences: list(mapping({ spread: string })),
    }),
    replicas: stringOrInteger,
    resources: mapping({
      limits: mapping({ cpus: stringOrNumber, memory: string, pids: stringOrInteger }),
      reservations: mapping({
        cpus: stringOrNumber,
        devices: deviceRequests,
        generic_resources: genericResources,
        memory: string,
      }),
    }),
    restart_policy: mapping({ condition: string, delay: string, max_attempts: stringOrInteger, window: string }),
    rollback_config: update,
    update_config: update,
  }),
);
