import type { FileGrant, ServiceDefinition } from '../../model/index.js';
import type { Target } from './target.js';
import type { Targets } from './targets.js';
import { rewriteVariables } from './variables.js';
import { rewriteWords } from './words.js';

/** A service's definition with other addresses in it. */
export interface Rewired {
  readonly definition: ServiceDefinition;
  /** Names of the variables that changed, paths of secrets and configs, and `command`, `entrypoint` or `embedded.command`. */
  readonly replaced: readonly string[];
  readonly found: readonly Target[];
}

/** Puts the addresses of slices in the place of the targets that a service's environment and command name. */
export function rewire(definition: ServiceDefinition, targets: Targets, addressing: 'network' | 'host'): Rewired {
  const [[rewired, replaced], found] = targets.during(() => rewireAll(definition, targets, addressing));
  return { definition: rewired, replaced, found };
}

function rewireAll(
  definition: ServiceDefinition,
  targets: Targets,
  addressing: 'network' | 'host',
): [ServiceDefinition, readonly string[]] {
  const { environment, command, entrypoint, embedded } = definition;
  // On the host a program gets both, and they speak of the same things.
  const ofProgram = addressing === 'host' ? (embedded?.environment ?? {}) : {};
  const before = { ...environment, ...ofProgram };
  targets.grant([...definition.secrets, ...definition.configs].map(({ target }) => target));
  const after = rewriteVariables(before, targets);
  const isOfProgram = ([name]: [string, string]) => name in ofProgram;
  const replaced = Object.keys(after).filter((name) => after[name] !== before[name as keyof typeof before]);
  const words = (name: string, old: readonly string[]): readonly string[] => {
    const rewritten = rewriteWords(old, targets);
    if (rewritten.some((word, index) => word !== old[index])) replaced.push(name);
    return rewritten;
  };
  const rewired: ServiceDefinition = {
    ...definition,
    environment: { ...environment, ...Object.fromEntries(Object.entries(after).filter((one) => !isOfProgram(one))) },
    ...(command === undefined ? {} : { command: words('command', command) }),
    ...(entrypoint === undefined ? {} : { entrypoint: words('entrypoint', entrypoint) }),
    ...(embedded === undefined
      ? {}
      : {
          embedded: {
            ...embedded,
            command: words('embedded.command', embedded.command),
            environment: {
              ...embedded.environment,
              ...Object.fromEntries(Object.entries(after).filter(isOfProgram)),
            },
          },
        }),
  };
  const grants = (before: readonly FileGrant[]): readonly FileGrant[] =>
    before.flatMap((grant) => {
      if (!targets.files.has(grant.target)) return [grant];
      return [grant.target, ...(targets.beside.get(grant.target) ?? [])].map((target) => {
        replaced.push(target);
        return { ...grant, target, content: targets.files.get(target) ?? '' };
      });
    });
  return [{ ...rewired, secrets: grants(definition.secrets), configs: grants(definition.configs) }, replaced];
}
