import { PortsideError } from '../../model/index.js';
import { isObject, type Place } from './reader.js';
import { type SectionSettings, type SectionSpecs, sections } from './sections.js';

type SectionName = keyof SectionSettings;

/** The names of all sections in camel case. */
export const sectionNames = Object.keys(sections) as SectionName[];

/** The names as they are shown: in snake case. */
const shownNames: Readonly<Record<SectionName, string>> = {
  portAllocator: 'port_allocator',
  serviceRegistry: 'service_registry',
  broadcast: 'broadcast',
  discovery: 'discovery',
};

/** Reads all sections of a configuration whose keys are in camel case, and gives every problem that they have. */
export function readSections(
  config: unknown,
  file?: string,
): { readonly settings: SectionSettings; readonly errors: readonly PortsideError[] } {
  const errors: PortsideError[] = [];
  const present = sectionNames.flatMap((name) => {
    const value = isObject(config) ? config[name] : undefined;
    if (value === undefined) return [];
    return [[name, sections[name].read(value, place(name, file, errors))]];
  });
  return { settings: Object.fromEntries(present) as SectionSettings, errors };
}

/**
 * Reads one section, given by a program. Throws `CONFIG_INVALID` for an unknown key, a key in both spellings, or a value that
 * cannot be; with several problems in `errors`.
 */
export function readSection<Name extends SectionName>(
  name: Name,
  value: SectionSpecs[Name],
): NonNullable<SectionSettings[Name]> {
  const errors: PortsideError[] = [];
  const settings = sections[name].read(value, place(name, undefined, errors));
  const [first] = errors;
  if (first === undefined) return settings as NonNullable<SectionSettings[Name]>;
  if (errors.length === 1) throw first;
  throw new PortsideError('CONFIG_INVALID', `Cannot use ${shownNames[name]}: it has ${errors.length} problems.`, {
    hint: 'See docs/configuration.md.',
    errors,
  });
}

function place(name: SectionName, file: string | undefined, errors: PortsideError[]): Place {
  return { file, path: [shownNames[name]], errors };
}
