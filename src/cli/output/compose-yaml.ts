import { stringify } from 'yaml';
import type { ComposeModel, ComposeProject, ComposeService } from '../../compose/index.js';

/** Names that a Compose model holds, sorted. */
export interface ComposeNames {
  readonly services: readonly string[];
  readonly profiles: readonly string[];
  readonly images: readonly string[];
  readonly volumes: readonly string[];
}

const sections = ['name', 'services', 'networks', 'volumes', 'secrets', 'configs', 'models'];

/** Writes a project as a Compose file that loads again as the same model: keys sorted, `$` as `$$`, `x-` keys kept. */
export function composeYaml({ model, models, extensionsOf }: ComposeProject): string {
  const services = Object.entries(model.services).map(([name, service]) => [
    name,
    { ...service, ...throttles(service), ...extensionsOf(name) },
  ]);
  const whole: Record<string, unknown> = { ...model, services: Object.fromEntries(services) };
  if (Object.keys(models).length > 0) whole['models'] = models;
  const keys = [...sections, ...Object.keys(whole).filter((key) => key.startsWith('x-'))];
  const ordered = keys.flatMap((key) => (whole[key] === undefined ? [] : [[key, sortedAndEscaped(whole[key])]]));
  return stringify(Object.fromEntries(ordered), {
    compat: 'yaml-1.1',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  }).trimEnd();
}

/** The canonical form writes `Path`, `Rate` and `Weight` where a Compose file has small letters. */
function throttles({ blkio_config: throttle }: ComposeService): Pick<ComposeService, 'blkio_config'> {
  if (throttle === undefined) return {};
  const small = (item: unknown): unknown =>
    Array.isArray(item)
      ? item.map((entry: object) =>
          Object.fromEntries(Object.entries(entry).map(([key, value]) => [key.toLowerCase(), value])),
        )
      : item;
  return { blkio_config: Object.fromEntries(Object.entries(throttle).map(([key, item]) => [key, small(item)])) };
}

/** Lists what a model names. */
export function composeNames({ services, volumes = {} }: ComposeModel): ComposeNames {
  const all = Object.values(services);
  return {
    services: sortedSet(Object.keys(services)),
    profiles: sortedSet(all.flatMap(({ profiles = [] }) => profiles)),
    images: sortedSet(all.flatMap(({ image }) => image ?? [])),
    volumes: sortedSet(Object.keys(volumes)),
  };
}

function sortedSet(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

function sortedAndEscaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$', '$$$$');
  if (Array.isArray(value)) return value.map(sortedAndEscaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortedAndEscaped(item)]),
  );
}
