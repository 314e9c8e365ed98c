import { parseVolume } from '../canonical/volumes.js';
import { type PatternNode, patterns, step } from '../pattern.js';
import { noteEntry, notePlace, placeOf } from '../yaml/place.js';
import { isMapping, isSequence, type Mapping, type Value } from '../yaml/value.js';

/** Gives what identifies a list entry, or `undefined` for one that never equals another. */
type Identify = (entry: Value) => string | undefined;

/** Keeps, in the lists whose entries have an identity, only the last entry of each identity, at the place of the first. */
export function enforceUnicity(value: Mapping): void {
  visit(value, identities);
}

function visit(value: Mapping, node: PatternNode<Identify>): void {
  for (const [key, entry] of Object.entries(value)) {
    const next = step(node, key);
    if (next === undefined) continue;
    if (isMapping(entry)) visit(entry, next);
    else if (isSequence(entry) && next.value !== undefined) value[key] = unique(entry, next.value);
  }
}

function unique(entries: Value[], identify: Identify): Value[] {
  const result: Value[] = [];
  const seen = new Map<string, number>();
  notePlace(result, placeOf(entries));
  for (const [index, entry] of entries.entries()) {
    const identity = identify(entry);
    const at = (identity === undefined ? undefined : seen.get(identity)) ?? result.length;
    if (identity !== undefined) seen.set(identity, at);
    result[at] = entry;
    noteEntry(result, at, placeOf(entries, index));
  }
  return result;
}

const byKey: Identify = (entry) => (typeof entry === 'string' ? (entry.split('=', 1)[0] ?? entry) : undefined);

const byText: Identify = (entry) =>
  typeof entry === 'string' || typeof entry === 'number' ? String(entry) : undefined;

const byPath: Identify = (entry) => (isMapping(entry) ? text(entry['path']) : text(entry));

const byDevice: Identify = (entry) => {
  if (isMapping(entry)) return text(entry['target']);
  if (typeof entry !== 'string') return undefined;
  const [source, target] = entry.split(':');
  return target ?? source;
};

const byTarget: Identify = (entry) => {
  if (isMapping(entry)) return text(entry['target']);
  if (typeof entry !== 'string') return undefined;
  const volume = parseVolume(entry);
  return typeof volume === 'string' ? undefined : volume.target;
};

const byPort: Identify = (entry) => {
  if (!isMapping(entry)) return byText(entry);
  const { host_ip: host = '0.0.0.0', published = '', target = '', protocol = 'tcp' } = entry;
  return `${host}:${published}:${target}/${protocol}`;
};

function byMount(folder: string): Identify {
  return (entry) => {
    if (typeof entry === 'string') return `${folder}/${entry}`;
    if (!isMapping(entry)) return undefined;
    return text(entry['target']) ?? `${folder}/${text(entry['source']) ?? ''}`;
  };
}

function text(value: Value | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const identities = patterns<Identify>([
  ['networks.*.labels', byKey],
  ['networks.*.ipam.options', byKey],
  ['services.*.env_file', byPath],
  ['services.*.expose', byText],
  ['services.*.ports', byPort],
  ['services.*.configs', byMount('')],
  ['services.*.secrets', byMount('/run/secrets')],
  ['services.*.volumes', byTarget],
  ['services.*.devices', byDevice],
  ...[
    'annotations',
    'build.args',
    'build.additional_contexts',
    'build.platform',
    'build.tags',
    'build.labels',
    'cap_add',
    'cap_drop',
    'deploy.labels',
    'dns',
    'dns_opt',
    'dns_search',
    'environment',
    'labels',
    'links',
    'networks.*.aliases',
    'networks.*.link_local_ips',
    'profiles',
    'sysctls',
    'tmpfs',
  ].map((key): [string, Identify] => [`services.*.${key}`, byKey]),
]);
