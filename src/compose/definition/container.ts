import { resolve } from 'node:path';
import type { ContainerOptions, DeviceRequest, HookDefinition } from '../../model/index.js';
import type { ComposeDeviceRequest, ComposeHook, ComposeService, ComposeUlimit } from '../project/model.js';
import { hostEntry } from './build.js';
import { defined, set } from './omit.js';

/** Gives what only a container can be given; `directory`: of the project. Limits of `deploy.resources` hold where the service has none of its own. */
export function containerOf(service: ComposeService, directory: string): ContainerOptions {
  const { limits, reservations } = service.deploy?.resources ?? {};
  const gpus = [...(service.gpus ?? []), ...(reservations?.devices ?? [])].map(deviceRequest);
  return defined({
    hostname: service.hostname,
    domainname: service.domainname,
    user: service.user,
    workingDir: service.working_dir,
    platform: service.platform,
    init: service.init,
    tty: service.tty,
    stdinOpen: service.stdin_open,
    readOnly: service.read_only,
    privileged: service.privileged,
    capAdd: service.cap_add,
    capDrop: service.cap_drop,
    securityOpt: service.security_opt?.map((option) => securityOption(option, directory)),
    groupAdd: service.group_add,
    sysctls: service.sysctls,
    ulimits: ulimits(service.ulimits),
    devices: service.devices?.map(({ source = '', target = source, permissions = 'rwm' }) => ({
      source,
      target,
      permissions,
    })),
    deviceCgroupRules: service.device_cgroup_rules,
    pid: service.pid,
    ipc: service.ipc,
    uts: service.uts,
    cgroup: service.cgroup,
    cgroupParent: service.cgroup_parent,
    usernsMode: service.userns_mode,
    networkMode: service.network_mode,
    macAddress: service.mac_address,
    dns: service.dns,
    dnsSearch: service.dns_search,
    dnsOptions: service.dns_opt,
    extraHosts: service.extra_hosts?.map(hostEntry),
    links: service.links,
    volumesFrom: service.volumes_from,
    shmSizeBytes: number(service.shm_size),
    memoryBytes: number(service.mem_limit ?? limits?.memory),
    memoryReservationBytes: number(service.mem_reservation ?? reservations?.memory),
    memorySwapBytes: number(service.memswap_limit),
    memorySwappiness: number(service.mem_swappiness),
    cpus: service.cpus ?? limits?.cpus,
    cpuCount: service.cpu_count,
    cpuPercent: service.cpu_percent,
    cpuShares: service.cpu_shares,
    cpuQuota: service.cpu_quota,
    cpuPeriod: service.cpu_period,
    cpuRtRuntime: service.cpu_rt_runtime,
    cpuRtPeriod: service.cpu_rt_period,
    cpuset: service.cpuset,
    pidsLimit: service.pids_limit ?? limits?.pids,
    oomKillDisable: service.oom_kill_disable,
    oomScoreAdj: service.oom_score_adj,
    runtime: service.runtime,
    isolation: service.isolation,
    storageOptions: service.storage_opt,
    annotations: service.annotations,
    logging: service.logging,
    gpus: gpus.length === 0 ? undefined : gpus,
    postStart: service.post_start?.map(hook),
    preStop: service.pre_stop?.map(hook),
  }) as ContainerOptions;
}

/** A seccomp profile is a file of the project; what the engine knows by name stays. */
function securityOption(option: string, directory: string): string {
  const path = /^seccomp[=:](?!(?:unconfined|builtin)$)(.*)$/.exec(option)?.[1];
  return path === undefined ? option : `seccomp=${resolve(directory, path)}`;
}

function number(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

function ulimits(limits: Readonly<Record<string, ComposeUlimit>> | undefined): ContainerOptions['ulimits'] {
  if (limits === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(limits).map(([name, limit]) => {
      const { soft = 0, hard = 0 } = typeof limit === 'number' ? { soft: limit, hard: limit } : limit;
      return [name, { soft, hard }];
    }),
  );
}

function deviceRequest(request: ComposeDeviceRequest): DeviceRequest {
  return defined({
    driver: request.driver,
    count: request.count,
    deviceIds: request.device_ids,
    capabilities: request.capabilities ?? ['gpu'],
    options: request.options,
  }) as DeviceRequest;
}

function hook(definition: ComposeHook): HookDefinition {
  return defined({
    command: definition.command ?? [],
    user: definition.user,
    privileged: definition.privileged,
    workingDir: definition.working_dir,
    environment: definition.environment === undefined ? undefined : set(definition.environment),
  }) as HookDefinition;
}
