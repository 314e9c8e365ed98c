import { type PatternNode, patterns, step } from '../pattern.js';
import { type Path, type Problems, showPath } from '../problems.js';
import { noteEntry, notePlace, placeOf } from '../yaml/place.js';
import { emptyMapping, isMapping, isSequence, type Mapping, typeName, type Value } from '../yaml/value.js';
import { copyValue, toMapping, toSequence } from './forms.js';

/** Where in the documents a merge is, and the rules that hold below. */
interface Position {
  readonly path: Path;
  readonly node: PatternNode<Rule> | undefined;
  readonly problems: Problems;
}

type Rule = (base: Value, over: Value, at: Position) => Value;

/**
 * Merges a document over another by the Compose Specification's rules and gives the result, which reuses the parts of
 * both. Mappings merge by key, lists are joined, single values are replaced, and some keys have rules of their own.
 */
export function mergeDocuments(base: Mapping, over: Mapping, problems: Problems): Mapping {
  return mergeMappings(base, over, { path: [], node: rules, problems });
}

/** Merges a service over the one it extends. */
export function mergeService(base: Mapping, over: Mapping, name: string, problems: Problems): Mapping {
  return mergeMappings(base, over, { path: ['services', name], node: step(step(rules, 'services'), name), problems });
}

/** Merges one named resource (a service, network, volume, ...) over another. */
export function mergeResource(base: Value, over: Value, kind: string, name: string, problems: Problems): Value {
  return mergeValue(base, over, { path: [kind, name], node: step(step(rules, kind), name), problems });
}

function mergeValue(base: Value, over: Value, at: Position): Value {
  if (at.node?.value !== undefined) return at.node.value(base, over, at);
  if (over === null) return base;
  if (isMapping(base)) return isMapping(over) ? mergeMappings(base, over, at) : clash(base, over, at);
  if (isSequence(base)) return isSequence(over) ? joinSequences(base, over) : clash(base, over, at);
  return over;
}

function mergeMappings(base: Mapping, over: Mapping, at: Position): Mapping {
  for (const [key, value] of Object.entries(over)) {
    const mine = base[key];
    const below = { path: [...at.path, key], node: step(at.node, key), problems: at.problems };
    const merged = mine === undefined ? value : mergeValue(mine, value, below);
    // A collection that was merged into keeps its place; its entries have places of their own.
    if (merged === mine && typeof merged === 'object') continue;
    base[key] = merged;
    noteEntry(base, key, placeOf(over, key));
  }
  return base;
}

function joinSequences(base: Value[], over: readonly Value[]): Value[] {
  for (const [index, value] of over.entries()) {
    noteEntry(base, base.length, placeOf(over, index));
    base.push(value);
  }
  return base;
}

function clash(base: Value, over: Value, at: Position): Value {
  const place = isMapping(over) || isSequence(over) ? placeOf(over) : undefined;
  const known = isMapping(base) || isSequence(base) ? placeOf(base) : undefined;
  at.problems.add(
    'COMPOSE_INVALID',
    `Cannot merge ${showPath(at.path)}: ${typeName(base)} cannot be overridden by ${typeName(over)}.`,
    place ?? known,
  );
  return base;
}

const replace: Rule = (_base, over) => over;

const sequences: Rule = (base, over) => joinSequences(toSequence(base), toSequence(over));

const hosts: Rule = (base, over) => {
  const joined = toSequence(base);
  const known = new Set(joined);
  const fresh = toSequence(over);
  for (const [index, value] of fresh.entries()) {
    if (known.has(value)) continue;
    noteEntry(joined, joined.length, placeOf(fresh, index));
    joined.push(value);
  }
  return joined;
};

const build: Rule = (base, over, at) => {
  const long = (value: Value): Value => {
    if (typeof value !== 'string') return value ?? emptyMapping();
    const mapping = emptyMapping();
    mapping['context'] = value;
    return mapping;
  };
  const [mine, other] = [long(base), long(over)];
  if (!isMapping(mine) || !isMapping(other)) return clash(base, over, at);
  return mergeMappings(mine, other, at);
};

const dependencies: Rule = (base, over, at) => {
  const started = () => Object.assign(emptyMapping(), { condition: 'service_started', required: true });
  return mergeMappings(toMapping(base, started), toMapping(over, started), at);
};

const named: Rule = (base, over, at) => {
  const nothing = () => null;
  return mergeMappings(toMapping(base, nothing), toMapping(over, nothing), at);
};

const logging: Rule = (base, over, at) => {
  if (over === null) return base;
  if (!isMapping(base) || !isMapping(over)) return over;
  const [mine, other] = [base['driver'], over['driver']];
  return mine === undefined || other === undefined || mine === other ? mergeMappings(base, over, at) : over;
};

/** Pools with one subnet merge, others are joined. */
const pools: Rule = (base, over, at) => {
  if (!isSequence(base) || !isSequence(over)) return over === null ? base : over;
  const result = [...base];
  notePlace(result, placeOf(base));
  for (const [index, pool] of over.entries()) {
    const same = result.findIndex((mine) => isMapping(mine) && isMapping(pool) && mine['subnet'] === pool['subnet']);
    const mine = result[same];
    if (isMapping(mine) && isMapping(pool)) {
      result[same] = mergeMappings(copyValue(mine) as Mapping, pool, at);
    } else {
      noteEntry(result, result.length, placeOf(over, index));
      result.push(pool);
    }
  }
  return result;
};

const rules = patterns<Rule>([
  ['networks.*.ipam.config', pools],
  ['networks.*.labels', sequences],
  ['volumes.*.labels', sequences],
  ['services.*.build', build],
  ['services.*.build.extra_hosts', hosts],
  ['services.*.depends_on', dependencies],
  ['services.*.extra_hosts', hosts],
  ['services.*.logging', logging],
  ['services.*.models', named],
  ['services.*.networks', named],
  ['services.*.ulimits.*', replace],
  ['services.*.volumes.*.volume.labels', sequences],
  ...['command', 'entrypoint', 'healthcheck.test'].map((key): [string, Rule] => [`services.*.${key}`, replace]),
  ...[
    'annotations',
    'build.additional_contexts',
    'build.args',
    'build.labels',
    'deploy.labels',
    'dns',
    'dns_opt',
    'dns_search',
    'env_file',
    'label_file',
    'environment',
    'labels',
    'sysctls',
    'tmpfs',
  ].map((key): [string, Rule] => [`services.*.${key}`, sequences]),
]);
