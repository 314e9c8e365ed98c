/** One thing that a script for `psql` asks for; `line` counts from 1. */
export type ScriptStep =
  | { readonly type: 'statement'; readonly sql: string; readonly line: number; readonly copyData?: string }
  /** A command of psql itself; `query` is what stood before it and was not ended by a semicolon. */
  | {
      readonly type: 'command';
      readonly name: string;
      readonly args: string;
      readonly query: string;
      readonly line: number;
    };

/** Pieces within which a semicolon does not end a statement, and words that decide where it does. */
const tokens = new RegExp(
  [
    String.raw`(?<space>\s+|--[^\n]*)`,
    String.raw`(?<comment>/\*)`,
    String.raw`(?<quoted>[eE]'(?:[^'\\]+|\\.|'')*'|'[^']*'|"[^"]*")`,
    String.raw`(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)`,
    String.raw`(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)`,
    String.raw`(?<number>\d[\w.]*|\$\d+)`,
    '(?<other>[^])',
  ].join('|'),
  'ys',
);

/** Splits a script as `psql` does: into statements, each sent on its own, and psql's own commands. */
export function* readScript(script: string): Generator<ScriptStep> {
  const text = script.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  let line = 1;
  let counted = 0;
  const lineAt = (position: number) => {
    for (; counted < position; counted++) if (text.charCodeAt(counted) === 10) line += 1;
    return line;
  };
  let start: number | undefined;
  let depth = 0;
  let body = 0;
  let words: string[] = [];
  const reset = () => {
    start = undefined;
    depth = 0;
    body = 0;
    words = [];
  };
  tokens.lastIndex = 0;
  for (let position = 0; position < text.length; ) {
    tokens.lastIndex = position;
    const match = tokens.exec(text);
    const groups = match?.groups ?? {};
    let end = position + (match?.[0].length ?? 1);
    if (groups['comment'] !== undefined) end = endOfComment(text, position);
    else if (groups['space'] === undefined && groups['other'] !== '\\' && groups['other'] !== ';') start ??= position;
    if (groups['dollar'] !== undefined) {
      const closing = text.indexOf(groups['dollar'], end);
      end = closing < 0 ? text.length : closing + groups['dollar'].length;
    } else if (groups['word'] !== undefined) {
      const word = groups['word'].toLowerCase();
      if (words.length < 4) words.push(word);
      if (depth === 0 && isRoutine(words)) body += bodyChange(word, body);
    } else if (groups['other'] === '(') depth += 1;
    else if (groups['other'] === ')') depth = Math.max(0, depth - 1);
    else if (groups['other'] === ';' && depth === 0 && body === 0) {
      if (start !== undefined) {
        const sql = text.slice(start, end);
        const at = lineAt(start);
        if (isCopyFromInput(sql)) {
          const data = copyData(text, end);
          end = data.end;
          yield { type: 'statement', sql, line: at, copyData: data.text };
        } else yield { type: 'statement', sql, line: at };
      }
      reset();
    } else if (groups['other'] === '\\') {
      const stop = text.indexOf('\n', position);
      end = stop < 0 ? text.length : stop;
      const [, name = '', args = ''] = /^\\(\S*)\s*(.*)$/s.exec(text.slice(position, end)) ?? [];
      const query = start === undefined ? '' : text.slice(start, position).trim();
      yield { type: 'command', name, args: args.trim(), query, line: lineAt(position) };
      reset();
    }
    position = end;
  }
  if (start !== undefined) yield { type: 'statement', sql: text.slice(start), line: lineAt(start) };
}

/** Comments nest. */
function endOfComment(text: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let match = marks.exec(text); match !== null; match = marks.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text.length;
}

/** Only routines may have a body in SQL (`BEGIN ATOMIC ... END`) with semicolons in it. */
function isRoutine(words: readonly string[]): boolean {
  const [create, second, third, fourth] = words;
  if (create !== 'create') return false;
  const what = second === 'or' && third === 'replace' ? fourth : second;
  return what === 'function' || what === 'procedure';
}

function bodyChange(word: string, body: number): number {
  if (word === 'begin') return 1;
  if (body > 0 && word === 'case') return 1;
  return body > 0 && word === 'end' ? -1 : 0;
}

function isCopyFromInput(sql: string): boolean {
  return /^copy\b/i.test(sql) && /\bfrom\s+stdin\b/i.test(sql);
}

/** The lines after the statement's own, up to a line that is `\.`. */
function copyData(text: string, from: number): { text: string; end: number } {
  const start = text.indexOf('\n', from) + 1;
  if (start === 0) return { text: '', end: text.length };
  if (text.startsWith('\\.', start)) return { text: '', end: start + 2 };
  const stop = text.indexOf('\n\\.', start);
  return stop < 0
    ? { text: text.slice(start), end: text.length }
    : { text: text.slice(start, stop + 1), end: stop + 3 };
}
