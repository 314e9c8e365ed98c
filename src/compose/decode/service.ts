import { textAt } from '../yaml/text.js';
import { emptyMapping, isMapping, isSequence } from '../yaml/value.js';
import { build } from './build.js';
import { deploy, deviceRequest } from './deploy.js';
import {
  bytes,
  command,
  count,
  type Decoder,
  duration,
  environment,
  flag,
  flagWhenTrue,
  integer,
  labels,
  list,
  record,
  refuse,
  single,
  struct,
  text,
  textOrTexts,
  texts,
  whenNotZero,
} from './fields.js';
import { grant, ulimit } from './grants.js';
import { hosts } from './hosts.js';

const amount = whenNotZero(integer);

const healthcheckTest: Decoder = (value, entry) => {
  if (typeof value === 'string') return ['CMD-SHELL', value];
  return texts(value, entry);
};

const hook = struct({
  command,
  image: text,
  user: text,
  privileged: flagWhenTrue,
  working_dir: text,
  environment,
  per_replica: flagWhenTrue,
});

const throttle: Decoder = (value, entry) => {
  const { path, rate } = struct({ path: text, rate: bytes })(value, entry) as Record<string, unknown>;
  return { Path: path ?? '', Rate: rate ?? '0' };
};

const weight: Decoder = (value, entry) => {
  const { path, weight: share } = struct({ path: text, weight: integer })(value, entry) as Record<string, unknown>;
  return { Path: path ?? '', Weight: share ?? 0 };
};

/** Options that may repeat: every value is a list of texts. */
const repeatable: Decoder = (value, entry) => {
  if (!isMapping(value)) return refuse(entry, value, 'it must be a mapping');
  const result = emptyMapping() as Record<string, string[]>;
  for (const [key, item] of Object.entries(value)) {
    result[key] = isSequence(item) ? item.map((_, index) => textAt(item, index)) : [textAt(value, key)];
  }
  return result;
};

const optOut: Decoder = (value, entry) => (flag(value, entry) === false ? false : undefined);

const volume = struct({
  type: text,
  source: text,
  target: text,
  read_only: flagWhenTrue,
  consistency: text,
  bind: struct({ selinux: text, propagation: text, create_host_path: optOut, recursive: text }),
  volume: struct({ labels, nocopy: flagWhenTrue, subpath: text }),
  tmpfs: struct({ size: bytes, mode: amount }),
  image: struct({ subpath: text }),
});

const dependency = struct({ condition: text, restart: flagWhenTrue, required: flag });

const network = struct({
  aliases: texts,
  driver_opts: labels,
  gw_priority: amount,
  interface_name: text,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: texts,
  mac_address: text,
  priority: amount,
});

const throttles = list(throttle);

/** A service in its canonical form. */
export const service: Decoder = struct({
  profiles: texts,
  annotations: labels,
  attach: flag,
  build,
  develop: struct({
    watch: list(
      struct({
        path: text,
        action: text,
        target: text,
        exec: hook,
        include: texts,
        ignore: texts,
        initial_sync: flagWhenTrue,
      }),
    ),
  }),
  blkio_config: struct({
    weight: amount,
    weight_device: list(weight),
    device_read_bps: throttles,
    device_read_iops: throttles,
    device_write_bps: throttles,
    device_write_iops: throttles,
  }),
  cap_add: texts,
  cap_drop: texts,
  cgroup_parent: text,
  cgroup: text,
  cpu_count: amount,
  cpu_percent: whenNotZero(single),
  cpu_period: amount,
  cpu_quota: amount,
  cpu_rt_period: amount,
  cpu_rt_runtime: amount,
  cpus: whenNotZero(single),
  cpuset: text,
  cpu_shares: amount,
  command,
  configs: list(grant),
  container_name: text,
  credential_spec: struct({ config: text, file: text, registry: text }),
  depends_on: record(dependency),
  deploy,
  device_cgroup_rules: texts,
  devices: list(struct({ source: text, target: text, permissions: text })),
  dns: textOrTexts,
  dns_opt: texts,
  dns_search: textOrTexts,
  domainname: text,
  entrypoint: command,
  provider: struct({ type: text, options: repeatable }),
  environment,
  env_file: list(struct({ path: text, required: optOut, format: text })),
  expose: texts,
  external_links: texts,
  extra_hosts: hosts,
  group_add: texts,
  gpus: list(deviceRequest),
  hostname: text,
  healthcheck: struct({
    test: healthcheckTest,
    timeout: duration,
    interval: duration,
    retries: count,
    start_period: duration,
    start_interval: duration,
    disable: flagWhenTrue,
  }),
  image: text,
  init: flag,
  ipc: text,
  isolation: text,
  labels,
  label_file: texts,
  links: texts,
  logging: struct({ driver: text, options: labels }),
  mem_limit: bytes,
  mem_reservation: bytes,
  memswap_limit: bytes,
  mem_swappiness: bytes,
  mac_address: text,
  models: record(struct({ endpoint_var: text, model_var: text })),
  network_mode: text,
  networks: record(network),
  oom_kill_disable: flagWhenTrue,
  oom_score_adj: amount,
  pid: text,
  pids_limit: amount,
  platform: text,
  ports: list(
    struct({
      name: text,
      mode: text,
      host_ip: text,
      target: amount,
      published: text,
      protocol: text,
      app_protocol: text,
    }),
  ),
  privileged: flagWhenTrue,
  pull_policy: text,
  read_only: flagWhenTrue,
  restart: text,
  runtime: text,
  scale: integer,
  secrets: list(grant),
  security_opt: texts,
  shm_size: bytes,
  stdin_open: flagWhenTrue,
  stop_grace_period: duration,
  stop_signal: text,
  storage_opt: labels,
  sysctls: labels,
  tmpfs: textOrTexts,
  tty: flagWhenTrue,
  ulimits: record(ulimit),
  use_api_socket: flagWhenTrue,
  user: text,
  userns_mode: text,
  uts: text,
  volumes: list(volume),
  volumes_from: texts,
  working_dir: text,
  pre_start: list(hook),
  post_start: list(hook),
  pre_stop: list(hook),
});
