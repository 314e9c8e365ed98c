/** A command that runs inside a container at a point of its life. */
export interface HookDefinition {
  readonly command: readonly string[];
  readonly user?: string;
  readonly privileged?: boolean;
  readonly workingDir?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** What only a container can be given; sizes in bytes, names as in Compose. */
export interface ContainerOptions {
  readonly hostname?: string;
  readonly domainname?: string;
  readonly user?: string;
  readonly workingDir?: string;
  readonly platform?: string;
  readonly init?: boolean;
  readonly tty?: boolean;
  readonly stdinOpen?: boolean;
  readonly readOnly?: boolean;
  readonly privileged?: boolean;
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly securityOpt?: readonly string[];
  readonly groupAdd?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly ulimits?: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly devices?: readonly { readonly source: string; readonly target: string; readonly permissions: string }[];
  readonly deviceCgroupRules?: readonly string[];
  readonly pid?: string;
  readonly ipc?: string;
  readonly uts?: string;
  readonly cgroup?: string;
  readonly cgroupParent?: string;
  readonly usernsMode?: string;
  /** `host`, `none`, `bridge`, `container:NAME` or `service:NAME`; absent: the service's networks. */
  readonly networkMode?: string;
  readonly macAddress?: string;
  readonly dns?: readonly string[];
  readonly dnsSearch?: readonly string[];
  readonly dnsOptions?: readonly string[];
  /** `HOST:ADDRESS` entries. */
  readonly extraHosts?: readonly string[];
  readonly links?: readonly string[];
  /** `SERVICE[:ro]` entries, or `container:NAME[:ro]`. */
  readonly volumesFrom?: readonly string[];
  readonly shmSizeBytes?: number;
  readonly memoryBytes?: number;
  readonly memoryReservationBytes?: number;
  readonly memorySwapBytes?: number;
  readonly memorySwappiness?: number;
  readonly cpus?: number;
  readonly cpuCount?: number;
  readonly cpuPercent?: number;
  readonly cpuShares?: number;
  readonly cpuQuota?: number;
  readonly cpuPeriod?: number;
  readonly cpuRtRuntime?: number;
  readonly cpuRtPeriod?: number;
  readonly cpuset?: string;
  readonly pidsLimit?: number;
  readonly oomKillDisable?: boolean;
  readonly oomScoreAdj?: number;
  readonly runtime?: string;
  readonly isolation?: string;
  readonly storageOptions?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly logging?: { readonly driver?: string; readonly options?: Readonly<Record<string, string>> };
  readonly gpus?: readonly DeviceRequest[];
  readonly postStart?: readonly HookDefinition[];
  readonly preStop?: readonly HookDefinition[];
}

/** A request for devices such as GPUs, in the Engine API's terms. */
export interface DeviceRequest {
  readonly driver?: string;
  readonly count?: number;
  readonly deviceIds?: readonly string[];
  readonly capabilities: readonly string[];
  readonly options?: Readonly<Record<string, string>>;
}
