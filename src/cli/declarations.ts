import type { Command } from 'commander';
import { collect, duration, megabytes, wholeNumber } from './declare-options.js';
import type { CommandFunction } from './invocation.js';
import type { CommonOptions } from './options.js';

/** How one command is declared; its code is loaded only when it is called. */
export interface CommandDeclaration {
  /** Name and arguments as help shows them. */
  readonly usage: string;
  readonly summary: string;
  /** What it looks like with the argument that it needs. */
  readonly example?: string;
  /** What to do instead for whoever gives it more arguments than it takes. */
  readonly excess?: string;
  /** Whether it listens for interrupts itself, to end well; every other command is given up at the first one. */
  readonly heedsInterrupts?: boolean;
  readonly declare?: (command: Command) => Command;
  readonly load: () => Promise<CommandFunction<never>>;
}

export interface UpOptions extends CommonOptions {
  readonly detach?: boolean;
  readonly trace?: string;
}

export interface AllOptions extends CommonOptions {
  readonly all?: boolean;
}

export interface CacheOptions extends AllOptions {
  /** In bytes. */
  readonly maxSize?: number;
}

export interface ConfigOptions extends CommonOptions {
  readonly services?: boolean;
  readonly profiles?: boolean;
  readonly images?: boolean;
  readonly volumes?: boolean;
}

export interface LogsOptions extends CommonOptions {
  readonly follow?: boolean;
  readonly tail?: number;
}

export interface PluginOptions extends CommonOptions {
  readonly uninstall?: boolean;
  readonly force?: boolean;
}

export interface RegistryOptions extends CommonOptions {
  readonly listen?: string;
  readonly storage?: string;
  readonly etcd?: readonly string[];
  readonly ttl?: number;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly registryFile?: string;
  readonly auditLog?: string;
}

export interface RunOptions extends CommonOptions {
  readonly env?: readonly string[];
  readonly shared?: boolean;
}

/** Every command, in the order of the help. */
export const declarations: readonly CommandDeclaration[] = [
  {
    usage: 'up',
    summary: 'start the environment and show its addresses; Ctrl-C ends it',
    excess:
      'Services are not picked here: all start, but for those of profiles that are off (--profile) and those labelled portside.ignore.',
    declare: (command) =>
      command
        .option('-d, --detach', 'leave it running until portside down')
        .option('--trace <file>', 'write every phase and engine request of the start to a file that Chrome shows'),
    heedsInterrupts: true,
    load: async () => (await import('./commands/up.js')).up,
  },
  {
    usage: 'down',
    summary: 'stop the environment for everybody and remove what it made',
    load: async () => (await import('./commands/down.js')).down,
  },
  {
    usage: 'ps',
    summary: 'list running environments of this folder, their services and addresses',
    declare: (command) => command.option('-a, --all', 'of every folder'),
    load: async () => (await import('./commands/ps.js')).ps,
  },
  {
    usage: 'plan',
    summary: 'show what would be started, in which order; needs no engine',
    load: async () => (await import('./commands/plan.js')).plan,
  },
  {
    usage: 'config',
    summary: 'print the Compose model in its canonical form; needs no engine',
    declare: (command) =>
      command
        .option('--services', 'only the names of services, one a line')
        .option('--profiles', 'only the names of profiles, active or not')
        .option('--images', 'only the names of images')
        .option('--volumes', 'only the names of volumes'),
    load: async () => (await import('./commands/config.js')).config,
  },
  {
    usage: 'logs [service]',
    summary: 'print what services printed',
    declare: (command) =>
      command
        .option('--follow', 'go on with new lines until Ctrl-C')
        .option('-n, --tail <lines>', 'only the last so many lines of each service', wholeNumber),
    heedsInterrupts: true,
    load: async () => (await import('./commands/logs.js')).logs,
  },
  {
    usage: 'discover <name>',
    summary: 'print the address of a service',
    example: 'discover cache',
    declare: (command) => command.option('-a, --all', 'of every replica, one a line'),
    heedsInterrupts: true,
    load: async () => (await import('./commands/discover.js')).discover,
  },
  {
    usage: 'run <command...>',
    summary: 'run a command with every address in its environment variables: portside run -- npm test',
    example: 'run -- npm test',
    declare: (command) =>
      command
        .option('-e, --env <template>', "a further variable: KEY='{postgres-primary.port}'; repeatable", collect)
        .option('--shared', 'the services that all share, instead of slices of its own')
        .passThroughOptions(),
    heedsInterrupts: true,
    load: async () => (await import('./commands/run.js')).run,
  },
  {
    usage: 'registry',
    summary: 'serve a registry of services of its own over HTTP; Ctrl-C ends it',
    declare: (command) =>
      command
        .option('--listen <address>', 'where it listens, HOST:PORT; port 0 lets the system choose')
        .option('--storage <backend>', 'where services are kept: memory or etcd')
        .option('--etcd <url>', 'an etcd server; may be given several times', collect)
        .option('--ttl <duration>', 'how long a registration holds without heartbeat', duration)
        .option('--token-file <file>', 'file that holds the bearer token; otherwise one is made')
        .option('--tls-cert <file>', 'certificate in PEM form; with --tls-key')
        .option('--tls-key <file>', 'key of the certificate')
        .option('--registry-file <file>', 'YAML file that shows what is registered')
        .option('--audit-log <file>', 'file that every change and every refusal is added to'),
    heedsInterrupts: true,
    load: async () => (await import('./commands/registry.js')).registry,
  },
  {
    usage: 'doctor',
    summary: 'check what this machine can run, and say what to do',
    load: async () => (await import('./commands/doctor.js')).doctor,
  },
  {
    usage: 'sweep',
    summary: 'remove what killed agents have left behind',
    declare: (command) => command.option('-a, --all', 'also what belongs to other machines or cannot be told'),
    load: async () => (await import('./commands/sweep.js')).sweepLeftovers,
  },
  {
    usage: 'cache <ls|prune>',
    summary: 'list the prepared data that is kept for later starts, or remove what is old or too much of it',
    example: 'cache ls',
    declare: (command) =>
      command
        .option('-a, --all', 'prune: everything that is not in use')
        .option('--max-size <megabytes>', 'prune: until no more than so much is left', megabytes),
    load: async () => (await import('./commands/cache.js')).cache,
  },
  {
    usage: 'types',
    summary: 'write portside-env.d.ts, which types env.discover()',
    load: async () => (await import('./commands/types.js')).types,
  },
  {
    usage: 'install-docker-plugin',
    summary: 'make docker portside ... run this portside',
    declare: (command) =>
      command
        .option('--uninstall', 'remove the plugin again')
        .option('--force', 'also when a file of that name is there that portside did not write'),
    load: async () => (await import('./commands/install-docker-plugin.js')).installDockerPlugin,
  },
];
