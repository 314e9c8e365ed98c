import { type Lookup, substitute } from '../interpolation/template.js';

/** Why a dotenv text could not be read, and on which line (from 1). */
export class DotenvError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const space = /[\t\v\f\r \u0085\u00a0]/;
const nameCharacter = /[\p{L}\p{N}_.\-[\]]/u;

/**
 * Reads dotenv text into `variables`: `KEY=value`, `KEY: value`, `export KEY=value`, a bare `KEY` that takes the value
 * of the surrounding environment, quotes over several lines, escapes and `$NAME` inside double quotes, comments.
 * `lookup` answers before the variables read so far. Throws a `DotenvError`.
 */
export function parseDotenv(
  text: string,
  lookup: Lookup,
  variables: Record<string, string> = {},
): Record<string, string> {
  const reader = new Reader(text.startsWith('\ufeff') ? text.slice(1) : text, lookup, variables);
  reader.read();
  return variables;
}

class Reader {
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #variables: Record<string, string>;
  #at = 0;

  constructor(text: string, lookup: Lookup, variables: Record<string, string>) {
    this.#text = text;
    this.#lookup = (name) => lookup(name) ?? (Object.hasOwn(variables, name) ? variables[name] : undefined);
    this.#variables = variables;
  }

  read(): void {
    while (this.#skipToStatement()) {
      const { name, inherited } = this.#name();
      if (name.includes(' ')) this.#fail(`the name "${name}" contains a space`);
      const value = inherited ? this.#lookup(name) : this.#value();
      if (value !== undefined) {
        Object.defineProperty(this.#variables, name, { value, enumerable: true, configurable: true, writable: true });
      }
    }
  }

  #skipToStatement(): boolean {
    for (; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? '';
      if (/\s|\u0085/.test(character)) continue;
      if (character !== '#') return true;
      const newline = this.#text.indexOf('\n', this.#at);
      if (newline === -1) return false;
      this.#at = newline;
    }
    return false;
  }

  #name(): { name: string; inherited: boolean } {
    const rest = /export[\t\v\f\r ]+/y;
    rest.lastIndex = this.#at;
    if (rest.test(this.#text)) this.#at = rest.lastIndex;
    const start = this.#at;
    for (; this.#at < this.#text.length; ) {
      const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
      if (character === '=' || character === ':' || character === '\n') {
        const name = this.#text.slice(start, this.#at).trimEnd();
        this.#at += 1;
        this.#skipSpaces();
        return { name, inherited: character === '\n' };
      }
      if (!space.test(character) && !nameCharacter.test(character)) {
        this.#fail(`the character ${JSON.stringify(character)} cannot stand in a name`);
      }
      this.#at += character.length;
    }
    return { name: this.#text.slice(start).trimEnd(), inherited: true };
  }

  #skipSpaces(): void {
    while (this.#at < this.#text.length && space.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #value(): string {
    const quote = this.#text[this.#at];
    if (quote === '"' || quote === "'") return this.#quoted(quote);
    const newline = this.#text.indexOf('\n', this.#at);
    const line = this.#text.slice(this.#at, newline === -1 ? undefined : newline);
    const start = this.#at;
    this.#at = newline === -1 ? this.#text.length : newline + 1;
    return this.#expand((line.split(' #')[0] ?? '').trimEnd(), start);
  }

  #quoted(quote: string): string {
    const start = this.#at;
    const parts: string[] = [];
    for (this.#at += 1; this.#at < this.#text.length; this.#at += 1) {
      const character = this.#text[this.#at] ?? '';
      if (character === quote) {
        this.#at += 1;
        const value = parts.join('');
        return quote === '"' ? this.#expand(expandEscapes(value), start) : value;
      }
      if (character !== '\\') {
        parts.push(character);
        continue;
      }
      const next = this.#text[this.#at + 1];
      if (next === undefined) break;
      parts.push(next === quote ? quote : `\\${next}`);
      this.#at += 1;
    }
    return this.#fail(`the quoted value ${this.#text.slice(start).split('\n')[0] ?? ''} does not end`, start);
  }

  #expand(value: string, start: number): string {
    const { text, error } = substitute(value, this.#lookup);
    if (error === undefined) return text;
    if (error.type === 'invalid')
      return this.#fail(`the variable in ${JSON.stringify(value)} has no valid form`, start);
    const reason = error.reason === '' ? '' : `: ${error.reason}`;
    return this.#fail(`the required variable ${error.variable} has no value${reason}`, start);
  }

  #fail(message: string, at = this.#at): never {
    throw new DotenvError(message, this.#text.slice(0, at).split('\n').length);
  }
}

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // Read once more by the substitution, which turns it into a plain dollar sign.
  $: '$$',
};

function expandEscapes(text: string): string {
  return text.replace(
    /\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g,
    (match, letter: string | undefined, octal: string | undefined) => {
      if (letter !== undefined) return escapes[letter] ?? match;
      const code = /^[0-7]{3}$/.test(octal ?? '') ? Number.parseInt(octal ?? '', 8) : 256;
      return code < 256 ? String.fromCharCode(code) : match;
    },
  );
}
