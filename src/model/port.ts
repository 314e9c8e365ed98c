/** Transport of a port, in Compose's terms. */
export type PortProtocol = 'tcp' | 'udp' | 'sctp';

/** A port that a service listens on and that is to be reachable from the host. */
export interface PortDefinition {
  /** The port inside the container, 1 to 65535. */
  readonly target: number;
  readonly protocol: PortProtocol;
  /** The host port that the Compose file asks for: a preference only, used with `ports: 'prefer'`. */
  readonly published?: number;
  /** The host address that the Compose file asks for. */
  readonly hostIp?: string;
  /** Name of the port: Compose's `name`, or the label `portside.port.<name>`. */
  readonly name?: string;
  readonly appProtocol?: string;
}

/** How a host port is chosen: by the engine or the system at start, or the published one first. */
export type PortPolicy = 'dynamic' | 'prefer';

/** A port of a running service and the host address that reaches it. */
export interface BoundPort {
  readonly target: number;
  readonly protocol: PortProtocol;
  readonly host: string;
  readonly port: number;
  readonly name?: string;
}
