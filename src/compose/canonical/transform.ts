import { toMapping } from '../merge/forms.js';
import { type PatternNode, patterns, step } from '../pattern.js';
import { type Path, type Problems, showPath } from '../problems.js';
import { noteEntry, notePlace, type Place, placeOf } from '../yaml/place.js';
import { emptyMapping, isMapping, isSequence, type Mapping, typeName, type Value } from '../yaml/value.js';
import { expandPorts } from './port-list.js';
import { cleanTarget, parseVolume } from './volumes.js';

/** Where a short form stands. */
export interface Spot {
  readonly path: Path;
  readonly place: Place | undefined;
  readonly problems: Problems;
}

type Transform = (value: Value, spot: Spot) => Value;

/** Rewrites every short form of a valid document to its long form, in place. */
export function toLongForms(document: Mapping, problems: Problems): void {
  visit(document, transforms, [], problems);
}

function visit(container: Mapping | Value[], node: PatternNode<Transform>, path: Path, problems: Problems): void {
  const keys = isSequence(container) ? container.keys() : Object.keys(container);
  for (const key of keys) {
    const next = step(node, key);
    if (next === undefined) continue;
    const here = [...path, key];
    let value = container[key as never] as Value;
    if (next.value !== undefined) {
      value = next.value(value, { path: here, place: placeOf(container, key), problems });
      container[key as never] = value as never;
    }
    if (isMapping(value) || isSequence(value)) visit(value, next, here, problems);
  }
}

/** Makes a mapping that counts as written at a place. */
export function mappingOf(entries: Readonly<Record<string, Value | undefined>>, place: Place | undefined): Mapping {
  const mapping = emptyMapping();
  for (const [key, value] of Object.entries(entries)) if (value !== undefined) mapping[key] = value;
  notePlace(mapping, place);
  return mapping;
}

function listOf(value: Value, place: Place | undefined): Value[] {
  const list = [value];
  notePlace(list, place);
  return list;
}

function whenString(make: (text: string, spot: Spot) => Value): Transform {
  return (value, spot) => (typeof value === 'string' ? make(value, spot) : value);
}

const stringToList = whenString((text, { place }) => listOf(text, place));
const fileMount = whenString((source, { place }) => mappingOf({ source }, place));
const stringOrBoolean: Transform = (value) => (value === null || typeof value === 'string' ? value : String(value));
const namesToMapping: Transform = (value) => (isSequence(value) ? toMapping(value, () => null) : value);

const dependsOn: Transform = (value, { place, path, problems }) => {
  const mapping = isSequence(value) ? toMapping(value, emptyMapping) : value;
  if (!isMapping(mapping)) return mapping;
  for (const [name, dependency] of Object.entries(mapping)) {
    if (!isMapping(dependency)) {
      problems.invalid([...path, name], 'it must be a mapping', dependency, placeOf(mapping, name) ?? place);
      continue;
    }
    dependency['condition'] ??= 'service_started';
    dependency['required'] ??= true;
  }
  return mapping;
};

const keyValues: Transform = (value, { path, problems }) => {
  if (!isSequence(value)) return value;
  const mapping = mappingOf({}, placeOf(value));
  for (const [index, entry] of value.entries()) {
    const text = String(entry);
    const equals = text.indexOf('=');
    if (equals === -1)
      problems.invalid([...path, index], 'it must have the form KEY=VALUE', entry, placeOf(value, index));
    const key = equals === -1 ? text : text.slice(0, equals);
    mapping[key] = text.slice(equals + 1);
    noteEntry(mapping, key, placeOf(value, index));
  }
  return mapping;
};

const sshKeys: Transform = (value, { path, problems }) => {
  if (!isSequence(value)) return value;
  const mapping = mappingOf({}, placeOf(value));
  for (const [index, entry] of value.entries()) {
    const [id = '', ...rest] = String(entry).split('=');
    if (rest.length === 0 && id !== 'default') {
      problems.invalid([...path, index], 'it must be "default" or have the form ID=PATH', entry, placeOf(value, index));
    }
    mapping[id] = rest.length === 0 ? null : rest.join('=');
    noteEntry(mapping, id, placeOf(value, index));
  }
  return mapping;
};

const envFiles: Transform = (value, { place }) => {
  const list = isSequence(value) ? value : listOf(value, place);
  for (const [index, entry] of list.entries()) {
    if (isMapping(entry)) entry['required'] ??= true;
    else list[index] = mappingOf({ path: entry, required: true }, placeOf(list, index));
  }
  return list;
};

const device = whenString((text, { path, place, problems }) => {
  const [source = '', target, permissions = 'rwm', ...rest] = text.split(':');
  if (rest.length > 0) problems.invalid(path, 'it has too many colons', text, place, 'Use the long form of devices.');
  return mappingOf({ source, target: target || source, permissions }, place);
});

const volume = whenString((text, { path, place, problems }) => {
  const read = parseVolume(text);
  if (typeof read === 'string') {
    problems.invalid(path, `${read}, where [SOURCE:]TARGET[:OPTIONS] is expected`, text, place);
    return text;
  }
  const bind = read.type === 'bind' || read.propagation !== undefined || read.selinux !== undefined;
  return mappingOf(
    {
      type: read.type,
      source: read.source,
      target: cleanTarget(read.target),
      read_only: read.readOnly || undefined,
      bind: bind
        ? mappingOf({ propagation: read.propagation, selinux: read.selinux, create_host_path: true }, place)
        : undefined,
      volume:
        (read.type === 'volume' && read.options) || read.noCopy
          ? mappingOf({ nocopy: read.noCopy || undefined }, place)
          : undefined,
    },
    place,
  );
});

const external: Transform = (value, { path, place, problems }) => {
  if (!isMapping(value) || !isMapping(value['external'])) return value;
  const { name } = value['external'];
  value['external'] = true;
  if (name === undefined) return value;
  const at = placeOf(value, 'external');
  problems.warn(
    'COMPOSE_DEPRECATED',
    `${showPath(path)}.external.name is deprecated: use "name" and "external: true".`,
    at,
  );
  if (value['name'] !== undefined && value['name'] !== name) {
    problems.invalid([...path, 'external', 'name'], 'it differs from the name beside it', name, at ?? place);
  }
  value['name'] ??= name;
  return value;
};

const ulimit: Transform = (value, { path, place, problems }) => {
  if (typeof value === 'string' && /^-?[0-9]+$/.test(value)) return Number(value);
  if (!isMapping(value) && typeof value !== 'number') {
    problems.invalid(path, `it must be an integer or a mapping, and is ${typeName(value)}`, value, place);
  }
  return value;
};

const transforms = patterns<Transform>([
  ['services.*.build', whenString((context, { place }) => mappingOf({ context }, place))],
  ['services.*.build.additional_contexts', keyValues],
  ['services.*.build.provenance', stringOrBoolean],
  ['services.*.build.sbom', stringOrBoolean],
  ['services.*.build.secrets.*', fileMount],
  ['services.*.build.ssh', sshKeys],
  ['services.*.build.ulimits.*', ulimit],
  ['services.*.configs.*', fileMount],
  ['services.*.depends_on', dependsOn],
  ['services.*.develop.watch.*.ignore', stringToList],
  ['services.*.develop.watch.*.include', stringToList],
  ['services.*.devices.*', device],
  ['services.*.dns', stringToList],
  ['services.*.env_file', envFiles],
  ['services.*.gpus', whenString((_text, { place }) => listOf(mappingOf({ count: 'all' }, place), place))],
  ['services.*.label_file', stringToList],
  ['services.*.models', namesToMapping],
  ['services.*.networks', namesToMapping],
  ['services.*.ports', expandPorts],
  ['services.*.secrets.*', fileMount],
  ['services.*.ulimits.*', ulimit],
  ['services.*.volumes.*', volume],
  ...['volumes', 'networks', 'secrets', 'configs'].map((kind): [string, Transform] => [`${kind}.*`, external]),
]);
