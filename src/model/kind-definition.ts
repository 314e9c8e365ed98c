import type { Isolation } from './lease.js';
import type { Credentials } from './service.js';

/** Where a server of a kind is, and who to be there. */
export interface KindAddress extends Credentials {
  /** Literal address, never a name. */
  readonly host: string;
  readonly port: number;
}

/** What a kind may know of a service when it settles the service's login. */
export interface KindLoginContext {
  /** What `portside.config` says; absent for a service of a Compose file. */
  readonly given?: Credentials;
  /** A variable of the service's environment, or the content of the file that `NAME_FILE` names; `undefined` when empty. */
  variable(name: string): string | undefined;
  /** Makes a password for this environment alone. */
  makePassword(): string;
}

/** A settled login. */
export interface KindLogin {
  readonly credentials: Credentials;
  /** Variables that tell the login to the image; one that the service has already stays as it is. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What starting the host program of a service works with. */
export interface KindProgramContext {
  readonly service: string;
  /** Absolute path of the program. */
  readonly program: string;
  /** Folder of the server's own; removed with it. */
  readonly folder: string;
  /** Port on 127.0.0.1 to listen on; another one when `arguments` is called again. */
  readonly port: number;
  readonly credentials: Credentials;
  readonly environment: Readonly<Record<string, string>>;
  /** The words of the service's command, without the program's name, host paths and real addresses in them. */
  readonly words: readonly string[];
  /** Whether the service asks to write its data as safely as its image does. */
  readonly durable: boolean;
  /** The files that the service mounts into `/docker-entrypoint-initdb.d`, by name. */
  readonly scripts: readonly { readonly name: string; readonly path: string }[];
  readonly signal: AbortSignal;
  /**
   * Runs a program to its end, with a text on its standard input if there is one, and gives what it printed. A relative name is
   * looked for on the PATH. Errors: `SERVICE_START_FAILED` with its last lines when it fails.
   */
  run(command: readonly string[], input?: string): Promise<string>;
}

/** How a service of a kind runs as a program of the host. */
export interface KindProgram {
  /** Names of the program, best first; looked for on the PATH and in the folders of system programs. */
  readonly programs: readonly string[];
  /** How to get it, for people: `install it, for example "apt-get install mariadb-server"`. */
  readonly install: string;
  /** Fills the folder before the program's first start. */
  prepare?(context: KindProgramContext): Promise<void>;
  /** The program's arguments. */
  arguments(context: KindProgramContext): readonly string[];
  /** Called once, when the program listens for the first time and before anybody is told. */
  started?(context: KindProgramContext): Promise<void>;
}

/** What the leases of a kind may ask of the environment. */
export interface KindHost {
  /** Name of the service that is leased. */
  readonly service: string;
  /** The service's newest address with its own login, as this process reaches it. Errors: `LEASE_FAILED` when it is down. */
  address(): KindAddress;
  /** Notes something for the log. */
  log(level: 'debug' | 'info' | 'warn', message: string, fields?: object): void;
}

/** What one lease of a kind hands out. Errors that are no `PortsideError` become `LEASE_FAILED`. */
export interface KindSlice {
  /** What people see, for example the database's name. */
  readonly name: string;
  /** What the lease's address has in place of the service's own login. */
  readonly credentials: Credentials;
  /** Brings it back to the state that it was handed out in; its login stays. */
  reset(signal: AbortSignal): Promise<void>;
  /** Keeps its present state under a name; an older one of that name is replaced. */
  readonly snapshot?: (name: string, signal: AbortSignal) => Promise<void>;
  /** Brings back a kept state. */
  readonly restore?: (name: string, signal: AbortSignal) => Promise<void>;
  /** Removes it whatever is still connected to it. May be called twice. */
  remove(): Promise<void>;
}

/** Makes the slices of one service of a kind. */
export interface KindIsolator {
  /** How many slices there can be at a time; absent: as many as the server bears. */
  readonly capacity?: number;
  /** How many `create` calls at a time are of use. Default 1. */
  readonly creators?: number;
  /** Makes what slices are made from. Called when the service is ready and has been filled, and again after a restart of it. */
  prepare(signal: AbortSignal): Promise<void>;
  /** Makes one slice; `id` has 10 characters `[0-9a-z]`, unique for ever. Leaves nothing behind when it fails. */
  create(id: string, signal: AbortSignal): Promise<KindSlice>;
  /** Ends what it keeps open. */
  close(): Promise<void>;
}

/** What portside has to know of a kind of service to start, find and lease it. */
export interface KindDefinition {
  /** What the label `portside.kind` says: lower-case letters, digits and dashes; none of portside's own kinds. */
  readonly name: string;
  /**
   * Of a kind that lies in a package: environments of the same version are the same, whatever its functions look like. Default: their
   * text counts.
   */
  readonly version?: string;
  /** Port that its servers listen on. */
  readonly port: number;
  /** Image of a service that names none. */
  readonly image: string;
  /** Last parts of the names of images that are of this kind, without a label: `mariadb` for `docker.io/library/mariadb:11`. */
  readonly images?: readonly string[];
  /** Scheme of the URL. Default: the name. */
  readonly protocol?: string;
  /** Settles user, password and database. Default: what `portside.config` says. */
  login?(context: KindLoginContext): KindLogin;
  /** Makes the URL. Default `PROTOCOL://USER:PASSWORD@HOST:PORT/DATABASE`, with what there is of these. */
  url?(address: KindAddress): string;
  /** Resolves when the server answers, rejects while it does not. Default: it accepts a connection. */
  ready?(address: KindAddress, signal: AbortSignal): Promise<void>;
  /** How the image is told that nobody wants to keep the data; not done for a service that is `durable`. */
  readonly throwaway?: {
    /** The image's data folder, which is put into memory unless the service mounts something there. */
    readonly folder: string;
    /** Arguments that go before the service's own. */
    readonly arguments?: readonly string[];
    /** Names that the service's command may begin with for the arguments to be of use. */
    readonly programs?: readonly string[];
  };
  /** How it runs without Docker; absent: not at all, unless the service has an `embedded` program. */
  readonly embedded?: KindProgram;
  /** What `isolate` gives each lease. Default `database`. */
  readonly isolation?: Isolation;
  /** Makes what leases are made with; absent: services of this kind are shared, unless they ask for a `copy`. */
  isolate?(host: KindHost): KindIsolator;
}
