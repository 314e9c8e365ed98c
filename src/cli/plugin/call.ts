import { parseArgs } from 'node:util';

/** A command line and the environment variables that it is carried out with. */
export interface PluginCall {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The docker command's own options that stand before a plugin's name. */
const options = {
  config: { type: 'string' },
  context: { type: 'string', short: 'c' },
  debug: { type: 'boolean', short: 'D' },
  host: { type: 'string', short: 'H' },
  'log-level': { type: 'string', short: 'l' },
  tlscacert: { type: 'string' },
  tlscert: { type: 'string' },
  tlskey: { type: 'string' },
  tlsverify: { type: 'boolean' },
} as const;

/** What each of them means to portside, as environment variables; those that are not here are refused as unknown. */
const meanings: Readonly<Record<string, (value: string) => Variables>> = {
  config: (value) => ({ DOCKER_CONFIG: value }),
  context: (value) => ({ DOCKER_CONTEXT: value, DOCKER_HOST: undefined }),
  debug: () => ({}),
  host: (value) => ({ DOCKER_HOST: value }),
  'log-level': () => ({}),
  tlsverify: () => ({ DOCKER_TLS_VERIFY: '1' }),
};

/**
 * Turns what the docker command calls its plugin with (`[OPTIONS] portside up ...`, or `help portside up`) into portside's own
 * command line and environment.
 */
export function readPluginCall(args: readonly string[], environment: Variables): PluginCall {
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const name = tokens.find((token) => token.kind === 'positional');
  const help = name?.value === 'help';
  const before = tokens.filter((token) => token.kind === 'option' && token.index < (name?.index ?? args.length));
  const refused: string[] = [];
  let variables: Variables = {
    ...environment,
    DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND: undefined,
    DOCKER_CLI_PLUGIN_SOCKET: undefined,
  };
  for (const token of before) {
    if (token.kind !== 'option') continue;
    const meaning = meanings[token.name];
    if (meaning === undefined) refused.push(token.rawName);
    else variables = { ...variables, ...meaning(token.value ?? '') };
  }
  const own = name === undefined ? [] : args.slice(name.index + (help ? 2 : 1));
  return { argv: [...refused, ...own, ...(help ? ['--help'] : [])], environment: variables };
}
