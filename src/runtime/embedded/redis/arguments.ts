import type { ServiceDefinition } from '../../../model/index.js';
import { loopback } from '../references.js';
import { commandWords } from '../words.js';

/** What the arguments of a Redis server are made from. */
export interface RedisArguments {
  readonly definition: ServiceDefinition;
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  readonly folder: string;
  /** Puts host paths and real addresses in the place of what the command names. */
  translate(words: readonly string[]): readonly string[];
}

/**
 * Makes the arguments of the server: nothing is saved unless the service says so, then the service's own configuration file
 * and arguments, then port, address and folder, which are ours. A later argument wins over an earlier one.
 */
export function redisArguments(options: RedisArguments): string[] {
  const { definition, environment, port, folder } = options;
  const given = serviceArguments(definition, environment);
  const file = given[0]?.startsWith('-') === false ? given[0] : undefined;
  const words = file === undefined ? given : given.slice(1);
  const password = definition.credentials?.password;
  return [
    ...(file === undefined ? ['--save', '', '--appendonly', 'no'] : options.translate([file])),
    ...(password === undefined || password === '' ? [] : ['--requirepass', password]),
    ...options.translate(words),
    ...['--port', String(port), '--bind', loopback, '--dir', folder],
    ...['--daemonize', 'no', '--supervised', 'no', '--logfile', '', '--pidfile', ''],
  ];
}

/** The words after the server's name, as the image's entry point takes them. */
function serviceArguments(
  definition: ServiceDefinition,
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  const words = commandWords(definition.command ?? [], environment) ?? [];
  const [first = ''] = words;
  return first.startsWith('-') || first.endsWith('.conf') ? words : words.slice(1);
}
