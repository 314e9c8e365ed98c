import { Composer, type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, Parser, type Scalar } from 'yaml';
import { PortsideError } from '../../model/index.js';
import { type Problems, showPath } from '../problems.js';
import { findTooDeep } from './depth.js';
import { newSource, noteEntry, notePlace, type Place, placeOf, type Source } from './place.js';
import { type PlainScalar, resolvePlain } from './scalar.js';
import { emptyMapping, isMapping, isSequence, type Mapping, type Value } from './value.js';

/** One YAML document: its value, and the paths that `!reset` and `!override` clear in the files before it. */
export interface ParsedDocument {
  readonly value: Value;
  readonly resets: readonly (readonly string[])[];
  readonly source: Source;
}

const maxNodes = 100_000;
const maxDepth = 200;

/**
 * Reads every YAML document of a file. Anchors, aliases and merge keys are expanded, duplicate keys and keys that are
 * no strings reported, and documents refused that nest too deeply or grow out of proportion through aliases.
 */
export function parseYaml(file: string, text: string, problems: Problems): ParsedDocument[] {
  const source = newSource(file);
  const tokens = [...new Parser(source.lines.addNewLine).parse(text)];
  // Composing is recursive, and an exhausted stack can end the whole process: what is too deep never gets there.
  const tooDeep = findTooDeep(tokens, maxDepth);
  if (tooDeep !== undefined) {
    const place = { source, key: tooDeep, value: tooDeep };
    problems.add('COMPOSE_SYNTAX', `Cannot read ${file}: it is nested more than ${maxDepth} levels deep.`, place);
    return [];
  }
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  const documents: Document[] = [...composer.compose(tokens)];
  return documents.flatMap((document) => {
    const place = { source, key: 0, value: 0 };
    if (document.errors.length > 0) {
      for (const error of document.errors) {
        const at = { source, key: error.pos[0], value: error.pos[0] };
        problems.add('COMPOSE_SYNTAX', `Cannot read ${file}: ${firstLine(error.message)}.`, at, {
          hint: 'Check indentation, quotes and brackets here and on the line above.',
        });
      }
      return [];
    }
    // A document of comments only counts as no document at all.
    if (document.contents === null || isEmpty(document)) return [];
    const converter = new Converter(source, problems);
    const value = converter.convert(document.contents as Node, place) ?? null;
    return [{ value, resets: converter.resets, source }];
  });
}

function isEmpty(document: Document): boolean {
  const { contents } = document;
  return isScalar(contents) && contents.source === '' && contents.type === 'PLAIN' && !document.directives?.docStart;
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/[.:]$/, '');
}

/** Turns the nodes of one document into plain values with places. */
class Converter {
  readonly resets: string[][] = [];
  readonly #source: Source;
  readonly #problems: Problems;
  readonly #anchors = new Map<string, Node>();
  readonly #targets = new Map<Node, Node>();
  readonly #open = new Set<Node>();
  readonly #path: (string | number)[] = [];
  #expansions = 0;
  #nodes = 0;
  #aliased = 0;
  #depth = 0;

  constructor(source: Source, problems: Problems) {
    this.#source = source;
    this.#problems = problems;
  }

  /** Gives the value of a node, or `undefined` for one that is to be left out (`!reset`). */
  convert(node: Node | null | undefined, place: Place): Value | undefined {
    this.#count(place);
    if (node === null || node === undefined) return null;
    if (isAlias(node)) return this.#alias(node, place);
    if (node.anchor !== undefined && this.#expansions === 0) this.#anchors.set(node.anchor, node);
    if (node.tag === '!reset') {
      this.resets.push(this.#path.map(String));
      this.#learnAnchors(node, place);
      return undefined;
    }
    if (node.tag === '!override') this.resets.push(this.#path.map(String));
    return this.#content(node, place);
  }

  #content(node: Node, place: Place): Value {
    this.#depth += 1;
    if (this.#depth > maxDepth) this.#refuse(`it is nested more than ${maxDepth} levels deep`, place);
    this.#open.add(node);
    let value: Value = null;
    if (isMap(node)) value = this.#mapping(node.items, place);
    else if (isSeq(node)) value = this.#sequence(node.items as Node[], place);
    else if (isScalar(node)) value = scalarValue(node).value;
    this.#open.delete(node);
    this.#depth -= 1;
    return value;
  }

  #alias(node: Node & { source: string }, place: Place): Value | undefined {
    const target = this.#targets.get(node) ?? this.#anchors.get(node.source);
    if (target === undefined) {
      this.#problems.add(
        'COMPOSE_SYNTAX',
        `Cannot read ${this.#source.file}: the anchor "${node.source}" is not defined.`,
        place,
      );
      return null;
    }
    this.#targets.set(node, target);
    if (this.#open.has(target)) this.#refuse(`the anchor "${node.source}" contains itself`, place);
    this.#expansions += 1;
    const value = this.convert(target, place);
    this.#expansions -= 1;
    return value;
  }

  #mapping(items: readonly unknown[], place: Place): Mapping {
    const mapping = emptyMapping();
    notePlace(mapping, place);
    const merged: { node: Node; place: Place }[] = [];
    const keys = new Set<string>();
    for (const pair of items) {
      if (!isPair(pair)) continue;
      const keyNode = pair.key as Node | null;
      const valueNode = pair.value as Node | null;
      const keyAt = keyNode?.range?.[0] ?? place.key;
      const at = this.#place(keyAt, valueNode);
      const key = this.#key(keyNode, at);
      if (key === undefined) continue;
      if (keys.has(key)) {
        const inside = this.#path.length === 0 ? 'at the top level' : `in ${showPath(this.#path)}`;
        this.#problems.add(
          'COMPOSE_SYNTAX',
          `Cannot read ${this.#source.file}: the key "${key}" stands twice ${inside}.`,
          at,
          { part: 'key', hint: 'Remove or rename one of the two.' },
        );
        continue;
      }
      keys.add(key);
      if (key === '<<' && isScalar(keyNode) && keyNode.type === 'PLAIN') {
        if (valueNode !== null) merged.push({ node: valueNode, place: at });
        continue;
      }
      this.#path.push(key);
      const value = this.convert(valueNode, at);
      this.#path.pop();
      if (value === undefined) continue;
      mapping[key] = value;
      noteEntry(mapping, key, at);
    }
    for (const { node, place: at } of merged) this.#merge(mapping, this.convert(node, at) ?? null, at);
    return mapping;
  }

  #merge(mapping: Mapping, value: Value, place: Place): void {
    if (isSequence(value) && value.every(isMapping)) {
      for (const item of value) this.#merge(mapping, item, place);
    } else if (isMapping(value)) {
      for (const [key, entry] of Object.entries(value)) {
        if (key in mapping) continue;
        mapping[key] = entry;
        noteEntry(mapping, key, placeOf(value, key) ?? place);
      }
    } else {
      this.#problems.add(
        'COMPOSE_SYNTAX',
        `Cannot read ${this.#source.file}: "<<" takes a mapping or a list of mappings.`,
        place,
      );
    }
  }

  #sequence(items: readonly Node[], place: Place): Value[] {
    const sequence: Value[] = [];
    notePlace(sequence, place);
    for (const item of items) {
      // A pair stands in a list as `[a: 1]`: a mapping with one entry.
      const start = isPair(item)
        ? ((item.key as Node | null)?.range?.[0] ?? place.value)
        : (item?.range?.[0] ?? place.value);
      const at = this.#place(start, isPair(item) ? null : item, start);
      this.#path.push(sequence.length);
      const value = isPair(item) ? this.#mapping([item], at) : this.convert(item, at);
      this.#path.pop();
      if (value === undefined) continue;
      noteEntry(sequence, sequence.length, at);
      sequence.push(value);
    }
    return sequence;
  }

  #key(node: Node | null, place: Place): string | undefined {
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source);
      if (isScalar(target)) return this.#key(target, place);
    }
    const value = isScalar(node) ? scalarValue(node).value : node === null ? null : undefined;
    if (typeof value === 'string') return value;
    const inside = this.#path.length === 0 ? 'at the top level' : `in ${showPath(this.#path)}`;
    const shown = value === undefined ? 'a collection' : String(value);
    this.#problems.add(
      'COMPOSE_INVALID',
      `Cannot use a key ${inside}: it must be a string. Current value is ${shown}.`,
      place,
      { part: 'key', hint: 'Put the key in quotes.' },
    );
    return undefined;
  }

  #place(key: number, node: Node | null | undefined, fallback = key): Place {
    const value = node?.range?.[0] ?? fallback;
    const text = isScalar(node) ? scalarValue(node).text : undefined;
    return { source: this.#source, key, value, ...(text === undefined ? {} : { text }) };
  }

  /** Anchors inside a value that is left out can still be used after it. */
  #learnAnchors(node: Node, place: Place): void {
    const resets = this.resets.length;
    this.#content(node, place);
    this.resets.length = resets;
  }

  #count(place: Place): void {
    this.#nodes += 1;
    if (this.#expansions > 0) this.#aliased += 1;
    if (this.#nodes > maxNodes) this.#refuse(`it has more than ${maxNodes} values`, place);
    if (this.#aliased > 100 && this.#nodes > 1000 && this.#aliased / this.#nodes > 0.99) {
      this.#refuse('its aliases multiply its size a hundredfold', place);
    }
  }

  #refuse(why: string, place: Place): never {
    const hint = 'Repeat less by aliases, or split the file with `include`.';
    const message = `Cannot read ${this.#source.file}: ${why}.`;
    this.#problems.add('COMPOSE_SYNTAX', message, place, { hint });
    this.#problems.throwIfAny();
    throw new PortsideError('COMPOSE_SYNTAX', message, { hint });
  }
}

const coreTag = 'tag:yaml.org,2002:';

function scalarValue(node: Scalar): PlainScalar {
  const text = node.source ?? String(node.value ?? '');
  const tag = node.tag?.startsWith(coreTag) ? node.tag.slice(coreTag.length) : node.tag;
  const typed = tag === 'int' || tag === 'float' || tag === 'bool' || tag === 'null';
  const untagged = tag === undefined || tag === '!override';
  return typed || (untagged && node.type === 'PLAIN') ? resolvePlain(text) : { value: text };
}
