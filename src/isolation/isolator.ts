import type { BoundPort, Endpoint, Isolation, PlannedService } from '../model/index.js';

/** A slice of a service: what one lease hands out. Its id and its name are never used again (D4). */
export interface Slice {
  readonly id: string;
  readonly service: string;
  readonly isolation: Isolation;
  /** Name of the database, or address of the server or copy: what people see. */
  readonly name: string;
  /** As programs of the host reach it. */
  readonly endpoint: Endpoint;
  /** As the environment's other services reach it: by network name and target port on Docker, otherwise like `endpoint`. */
  readonly inner: Endpoint;
  /** Aborts when it can no longer be used: its program has ended, or its server has lost it. Absent where that cannot be told. */
  readonly ended?: AbortSignal;
  /** Brings it back to the state that it was handed out in; its address stays. Errors: `LEASE_FAILED`. */
  reset(signal: AbortSignal): Promise<void>;
  /** Keeps its present state under a name; an older one of that name is replaced. Absent where that is not possible. */
  readonly snapshot?: (name: string, signal: AbortSignal) => Promise<void>;
  /** Brings back a kept state; its address stays. Errors: `LEASE_UNKNOWN` when there is none of that name. */
  readonly restore?: (name: string, signal: AbortSignal) => Promise<void>;
  /** Removes it whatever is still connected to it; may be called twice. Never rejects for something that is gone already. */
  remove(): Promise<void>;
}

/** Makes the slices of one service. */
export interface Isolator {
  readonly isolation: Isolation;
  /** Services whose slices a slice of this one is wired to, if they are leased; absent: none. */
  readonly needs?: readonly string[];
  /** How many slices there can be at a time; absent: as many as the machine bears. */
  readonly capacity?: number;
  /** How many `create` calls at a time are of use. */
  readonly creators: number;
  /**
   * Makes what slices are made from, for example the template database. Called when the service has become ready and before the
   * services that depend on it start; called again after a restart, when it must find what is there already. Fast if nothing is to do.
   */
  prepare(signal: AbortSignal): Promise<void>;
  /**
   * Makes one slice. `id` has 10 characters `[0-9a-z]`, unique for ever. `needs` has the slices of the same fork that exist, by service:
   * a copy is wired to them. Leaves nothing behind when it fails. Errors: `LEASE_FAILED`.
   */
  create(id: string, needs: Readonly<Record<string, Slice>>, signal: AbortSignal): Promise<Slice>;
  /** Ends what it keeps open; the slices and the service go with their environment. */
  close(): Promise<void>;
}

/** One more instance of a service, started for leases. */
export interface StartedCopy {
  /** The copy's own name: its network alias on Docker. */
  readonly name: string;
  /** Real host addresses, in the order of the copy's ports. */
  readonly ports: readonly BoundPort[];
  readonly endpoint: Endpoint;
  readonly inner: Endpoint;
  /** Runs a command inside it (Docker) or on the host with its environment (embedded). */
  exec(command: readonly string[], signal: AbortSignal): Promise<{ exitCode: number; output: string }>;
  /**
   * Ends the program and starts it again at the same address, in a folder that has these files and nothing else, and waits until it is
   * ready; also when it had ended. Absent where an address does not outlive its program (Docker). Errors: those of a start.
   */
  readonly restart?: (files: Readonly<Record<string, Buffer>>, signal: AbortSignal) => Promise<void>;
  /** Aborts when the program has ended of itself, for whatever reason. */
  readonly ended: AbortSignal;
  /** Ends and removes it; may be called twice. */
  remove(): Promise<void>;
}

/** What an isolator may ask of the environment. */
export interface IsolationHost {
  /** The service that is leased, as planned. */
  readonly service: PlannedService;
  /** All services of the environment, in start order. */
  readonly services: readonly PlannedService[];
  readonly addressing: 'network' | 'host';
  /** The service's newest address with its own credentials, as this process reaches it. Errors: `LEASE_FAILED` when it is down. */
  endpoint(): Endpoint;
  /** The addresses of all services as the services themselves reach them, by name. */
  inner(): Readonly<Record<string, Endpoint>>;
  /**
   * Starts one more instance and waits until it is ready; `planned` is a planned service with another name and `copy` set, and with
   * whatever else is to differ. Errors: those of a start; nothing is left of a failed one.
   */
  startCopy(
    planned: PlannedService,
    environment: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<StartedCopy>;
  /** Notes something for the log. */
  log(level: 'debug' | 'info' | 'warn', message: string, fields?: object): void;
}
