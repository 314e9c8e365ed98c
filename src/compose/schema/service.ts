import { build } from './build.js';
import {
  commandLine,
  driverOptions,
  extraHosts,
  gpuRequests,
  grants,
  hook,
  limits,
  listOrMapping,
  preStartHook,
  resourceName,
  stringOrList,
  stringOrStrings,
  strings,
} from './common.js';
import { deploy } from './deploy.js';
import {
  either,
  list,
  mapping,
  named,
  oneOf,
  orNull,
  type Shape,
  set,
  string,
  stringOrBoolean,
  stringOrInteger,
  stringOrNull,
  stringOrNumber,
  type,
} from './shape.js';
import { serviceVolumes } from './volume.js';

const closed = { extensible: false };
const limitsOfDevice = list(mapping({ path: string, rate: stringOrInteger }, closed));
const weightsOfDevice = list(mapping({ path: string, weight: stringOrInteger }, closed));

const blkio = mapping(
  {
    device_read_bps: limitsOfDevice,
    device_read_iops: limitsOfDevice,
    device_write_bps: limitsOfDevice,
    device_write_iops: limitsOfDevice,
    weight: stringOrInteger,
    weight_device: weightsOfDevice,
  },
  closed,
);

const dependency = mapping(
  {
    condition: oneOf('service_started', 'service_healthy', 'service_completed_successfully'),
    required: type('boolean'),
    restart: stringOrBoolean,
  },
  { required: ['condition'] },
);

const develop = orNull(
  mapping({
    watch: list(
      mapping(
        {
          action: oneOf('rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'),
          exec: hook,
          ignore: stringOrStrings,
          include: stringOrStrings,
          initial_sync: type('boolean'),
          path: string,
          target: string,
        },
        { required: ['path', 'action'] },
      ),
    ),
  }),
);

const envFiles = either(
  string,
  list(
    either(
      string,
      mapping({ format: string, path: string, required: stringOrBoolean }, { required: ['path'], extensible: false }),
    ),
  ),
);

const healthcheck = mapping({
  disable: stringOrBoolean,
  interval: string,
  retries: stringOrNumber,
  start_interval: string,
  start_period: string,
  test: stringOrList,
  timeout: string,
});

const network = orNull(
  mapping({
    aliases: strings,
    driver_opts: driverOptions,
    gw_priority: type('number'),
    interface_name: string,
    ipv4_address: string,
    ipv6_address: string,
    link_local_ips: strings,
    mac_address: string,
    priority: type('number'),
  }),
);

const ports = set(
  either(
    type('number', 'string'),
    mapping({
      app_protocol: string,
      host_ip: string,
      mode: string,
      name: string,
      protocol: string,
      published: stringOrInteger,
      target: stringOrInteger,
    }),
  ),
);

const optionValue = type('string', 'number', 'boolean');

const provider = mapping(
  { options: named(either(optionValue, list(optionValue)), /^.+$/, true), type: string },
  { required: ['type'] },
);

const device = either(
  string,
  mapping({ permissions: string, source: string, target: string }, { required: ['source'] }),
);

/** One service. */
export const service: Shape = mapping({
  annotations: listOrMapping,
  attach: stringOrBoolean,
  blkio_config: blkio,
  build,
  cap_add: strings,
  cap_drop: strings,
  cgroup: oneOf('host', 'private'),
  cgroup_parent: string,
  command: commandLine,
  configs: grants,
  container_name: { types: ['string'], pattern: /[a-zA-Z0-9][a-zA-Z0-9_.-]+/ },
  cpu_count: { ...stringOrInteger, minimum: 0 },
  cpu_percent: { ...stringOrInteger, minimum: 0, maximum: 100 },
  cpu_period: stringOrNumber,
  cpu_quota: stringOrNumber,
  cpu_rt_period: stringOrNumber,
  cpu_rt_runtime: stringOrNumber,
  cpu_shares: stringOrNumber,
  cpus: stringOrNumber,
  cpuset: string,
  credential_spec: mapping({ config: string, file: string, registry: string }),
  depends_on: either(strings, named(dependency, resourceName)),
  deploy,
  develop,
  device_cgroup_rules: strings,
  devices: list(device),
  dns: stringOrStrings,
  dns_opt: strings,
  dns_search: stringOrStrings,
  domainname: string,
  entrypoint: commandLine,
  env_file: envFiles,
  environment: listOrMapping,
  expose: set(stringOrNumber),
  extends: either(string, mapping({ file: string, service: string }, { required: ['service'], extensible: false })),
  external_links: strings,
  extra_hosts: extraHosts,
  gpus: either(oneOf('all'), gpuRequests),
  group_add: set(stringOrNumber),
  healthcheck,
  hostname: string,
  image: string,
  init: stringOrBoolean,
  ipc: string,
  isolation: string,
  label_file: stringOrList,
  labels: listOrMapping,
  links: strings,
  logging: mapping({ driver: string, options: named(type('string', 'number', 'null'), /^.+$/, true) }),
  mac_address: string,
  mem_limit: stringOrNumber,
  mem_reservation: stringOrInteger,
  mem_swappiness: stringOrInteger,
  memswap_limit: stringOrNumber,
  models: either(strings, named(orNull(mapping({ endpoint_var: string, model_var: string })), resourceName, true)),
  network_mode: string,
  networks: either(strings, named(network, resourceName)),
  oom_kill_disable: stringOrBoolean,
  oom_score_adj: { ...stringOrInteger, minimum: -1000, maximum: 1000 },
  pid: stringOrNull,
  pids_limit: stringOrNumber,
  platform: string,
  ports,
  post_start: list(hook),
  pre_start: list(preStartHook),
  pre_stop: list(hook),
  privileged: stringOrBoolean,
  profiles: strings,
  provider,
  pull_policy: {
    types: ['string'],
    pattern: /always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+/,
  },
  pull_refresh_after: string,
  read_only: stringOrBoolean,
  restart: string,
  runtime: string,
  scale: stringOrInteger,
  secrets: grants,
  security_opt: strings,
  shm_size: stringOrNumber,
  stdin_open: stringOrBoolean,
  stop_grace_period: string,
  stop_signal: string,
  storage_opt: { types: ['object'], open: true },
  sysctls: listOrMapping,
  tmpfs: stringOrStrings,
  tty: stringOrBoolean,
  ulimits: limits,
  use_api_socket: type('boolean'),
  user: string,
  userns_mode: string,
  uts: string,
  volumes: serviceVolumes,
  volumes_from: strings,
  working_dir: string,
});
