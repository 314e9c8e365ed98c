import { LineCounter } from 'yaml';
import type { SourcePosition } from '../../model/index.js';

/** A file that was read, with what is needed to turn an offset into line and column. */
export interface Source {
  readonly file: string;
  readonly lines: LineCounter;
}

/** Where a key and its value were written. */
export interface Place {
  readonly source: Source;
  /** Offset of the key; of a list entry, the entry itself. */
  readonly key: number;
  readonly value: number;
  /** The number as it was written, where turning it into a number lost that. */
  readonly text?: string;
}

interface Notes {
  self?: Place;
  readonly children: Map<string | number, Place>;
}

// Places are notes beside the values, so that every stage works on plain values and still knows where they came from.
const notes = new WeakMap<object, Notes>();

function notesOf(container: object): Notes {
  let found = notes.get(container);
  if (found === undefined) {
    found = { children: new Map() };
    notes.set(container, found);
  }
  return found;
}

/** Remembers where a mapping or list as a whole was written. */
export function notePlace(container: object, place: Place | undefined): void {
  if (place !== undefined) notesOf(container).self = place;
}

/** Remembers where an entry of a mapping or list was written. */
export function noteEntry(container: object, key: string | number, place: Place | undefined): void {
  if (place !== undefined) notesOf(container).children.set(key, place);
}

/** Gives where an entry was written, or where its container was. */
export function placeOf(container: object, key?: string | number): Place | undefined {
  const found = notes.get(container);
  return (key === undefined ? undefined : found?.children.get(key)) ?? found?.self;
}

/** Copies what is known about the places of one container to another of the same shape. */
export function copyPlaces(from: object, to: object): void {
  const found = notes.get(from);
  if (found === undefined) return;
  notes.set(to, { ...(found.self === undefined ? {} : { self: found.self }), children: new Map(found.children) });
}

/** Makes the record of a file under which its places are kept. */
export function newSource(file: string): Source {
  return { file, lines: new LineCounter() };
}

/** Turns a place into file, line and column; `part` says whether of the key or of its value. */
export function positionAt(place: Place, part: 'key' | 'value' = 'value'): SourcePosition {
  const { line, col } = place.source.lines.linePos(place[part]);
  return line === 0 ? { file: place.source.file, line: 1, column: 1 } : { file: place.source.file, line, column: col };
}
