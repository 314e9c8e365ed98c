import type Docker from 'dockerode';
import type { ContainerOptions } from '../../model/index.js';
import { securityOptions } from './security-options.js';

/** What the engine takes and its client's types leave out. */
export type HostConfig = Docker.HostConfig & {
  readonly CgroupnsMode?: string | undefined;
  readonly Annotations?: Readonly<Record<string, string>> | undefined;
};

// Other drivers send the output away, or need a program that a test environment does not have.
const readableLogDrivers = ['json-file', 'local', 'journald'];

/**
 * Translates resources, rights and isolation of a service's container to the engine's terms; mounts, ports and networks come
 * elsewhere. Throws SERVICE_START_FAILED when a file that it needs cannot be read.
 */
export function hostConfigOf(options: ContainerOptions, service: string): HostConfig {
  return {
    ...resources(options),
    ...rights(options),
    ...securityOptions(options.securityOpt, service),
    ...naming(options),
    ...logging(options),
  };
}

function resources(options: ContainerOptions): HostConfig {
  const fixedQuota = options.cpuQuota !== undefined || options.cpuPeriod !== undefined;
  return {
    ShmSize: options.shmSizeBytes,
    Memory: options.memoryBytes,
    MemoryReservation: options.memoryReservationBytes,
    MemorySwap: options.memorySwapBytes,
    MemorySwappiness: options.memorySwappiness,
    NanoCpus: options.cpus === undefined || fixedQuota ? undefined : Math.round(options.cpus * 1e9),
    CpuCount: options.cpuCount,
    CpuPercent: options.cpuPercent,
    CpuShares: options.cpuShares,
    CpuQuota: options.cpuQuota,
    CpuPeriod: options.cpuPeriod,
    CpuRealtimeRuntime: options.cpuRtRuntime,
    CpuRealtimePeriod: options.cpuRtPeriod,
    CpusetCpus: options.cpuset,
    PidsLimit: options.pidsLimit,
    OomKillDisable: options.oomKillDisable,
    OomScoreAdj: options.oomScoreAdj,
    CgroupParent: options.cgroupParent,
    StorageOpt: options.storageOptions && { ...options.storageOptions },
    Ulimits:
      options.ulimits &&
      Object.entries(options.ulimits).map(([name, { soft, hard }]) => ({ Name: name, Soft: soft, Hard: hard })),
    Devices: options.devices?.map(({ source, target, permissions }) => ({
      PathOnHost: source,
      PathInContainer: target,
      CgroupPermissions: permissions,
    })),
    DeviceCgroupRules: copy(options.deviceCgroupRules),
    DeviceRequests: options.gpus?.map((gpu) => ({
      Driver: gpu.driver,
      Count: gpu.count,
      DeviceIDs: copy(gpu.deviceIds),
      Capabilities: [[...gpu.capabilities]],
      Options: gpu.options && { ...gpu.options },
    })),
  };
}

function rights(options: ContainerOptions): HostConfig {
  return {
    Init: options.init,
    Privileged: options.privileged,
    ReadonlyRootfs: options.readOnly,
    CapAdd: options.capAdd,
    CapDrop: options.capDrop,
    GroupAdd: copy(options.groupAdd),
    Sysctls: options.sysctls && { ...options.sysctls },
    UTSMode: options.uts,
    UsernsMode: options.usernsMode,
    CgroupnsMode: options.cgroup,
    Runtime: options.runtime,
    Isolation: options.isolation,
    Annotations: options.annotations,
    // Whoever runs tests must see a program end; and portside itself starts nothing again.
    RestartPolicy: { Name: 'no' },
  };
}

function naming(options: ContainerOptions): HostConfig {
  return {
    Dns: copy(options.dns),
    DnsSearch: copy(options.dnsSearch),
    DnsOptions: copy(options.dnsOptions),
    ExtraHosts: options.extraHosts,
  };
}

function logging({ logging: wanted }: ContainerOptions): HostConfig {
  if (wanted?.driver === undefined || !readableLogDrivers.includes(wanted.driver)) return {};
  return { LogConfig: { Type: wanted.driver, Config: wanted.options ?? {} } };
}

function copy<T>(list: readonly T[] | undefined): T[] | undefined {
  return list && [...list];
}
