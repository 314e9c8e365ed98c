/** A network of the environment. */
export interface NetworkDefinition {
  /** The name that an external network has in the engine; of ours the name is made unique per environment. */
  readonly name?: string;
  readonly external: boolean;
  readonly driver?: string;
  readonly driverOptions?: Readonly<Record<string, string>>;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly enableIpv4?: boolean;
  readonly enableIpv6?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ipam?: {
    readonly driver?: string;
    readonly options?: Readonly<Record<string, string>>;
    readonly config?: readonly {
      readonly subnet?: string;
      readonly gateway?: string;
      readonly ipRange?: string;
      readonly auxAddresses?: Readonly<Record<string, string>>;
    }[];
  };
}

/** How a service joins a network. */
export interface NetworkAttachment {
  /** Key in `EnvironmentDefinition.networks`. */
  readonly network: string;
  readonly aliases: readonly string[];
  readonly ipv4Address?: string;
  readonly ipv6Address?: string;
  readonly linkLocalIps?: readonly string[];
  readonly macAddress?: string;
  readonly priority?: number;
  readonly driverOptions?: Readonly<Record<string, string>>;
}
