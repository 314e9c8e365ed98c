import { posix } from 'node:path';

/** A volume in its short form, read. */
export interface ShortVolume {
  readonly type: 'bind' | 'volume';
  readonly source?: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly noCopy: boolean;
  readonly propagation?: string;
  readonly selinux?: 'z' | 'Z';
  /** False for the shortest specs, which the reference gives no options mapping. */
  readonly options: boolean;
}

const propagations = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']);

/** Reads `[SOURCE:]TARGET[:OPTIONS]`; gives the reason as a string when it cannot. */
export function parseVolume(spec: string): ShortVolume | string {
  if (spec === '') return 'it is empty';
  if (spec.length <= 2) return { type: 'volume', target: spec, readOnly: false, noCopy: false, options: false };
  const sections = splitSections(spec);
  if (sections.includes('')) return 'a section between colons is empty';
  if (sections.length > 3) return 'it has too many colons';
  const [first = '', second, options = ''] = sections;
  const source = second === undefined ? undefined : first;
  const set = options.split(',');
  const propagation = set.findLast((option) => propagations.has(option));
  const selinux = set.findLast((option): option is 'z' | 'Z' => option === 'z' || option === 'Z');
  return {
    type: source !== undefined && isFilePath(source) ? 'bind' : 'volume',
    ...(source === undefined ? {} : { source }),
    target: second ?? first,
    readOnly: set.findLast((option) => option === 'ro' || option === 'rw') === 'ro',
    noCopy: set.includes('nocopy'),
    ...(propagation === undefined ? {} : { propagation }),
    ...(selinux === undefined ? {} : { selinux }),
    options: true,
  };
}

/** Cleans a path inside a container as the reference does: no `.`, no `..`, no slash at the end. */
export function cleanTarget(target: string): string {
  if (target === '') return '';
  const clean = posix.normalize(target);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}

/** Splits at colons, but neither after the letter of a Windows drive nor inside a variable. */
function splitSections(spec: string): string[] {
  const sections: string[] = [];
  let start = 0;
  let variables = 0;
  for (let index = 0; index < spec.length; index += 1) {
    const character = spec[index];
    if (character === '$' && spec[index + 1] === '{') variables += 1;
    else if (character === '}' && variables > 0) variables -= 1;
    else if (character === ':' && variables === 0 && !isDrive(spec.slice(start, index))) {
      sections.push(spec.slice(start, index));
      start = index + 1;
    }
  }
  sections.push(spec.slice(start));
  return sections;
}

function isDrive(text: string): boolean {
  return /^\p{L}$/u.test(text);
}

function isFilePath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source);
}
