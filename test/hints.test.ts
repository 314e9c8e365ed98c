import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { usualHints } from '../src/model/usual-hints.js';

const src = resolve(import.meta.dirname, '../src');

/** Errors that need no hint, each with its reason. */
const without: Readonly<Record<string, string>> = {
  'cli/interrupts.ts INTERRUPTED': 'who has pressed Ctrl-C knows what to do',
  'compose/definition/report.ts code': 'passes on what it is given',
  'environment/start.ts only.code': 'each of the errors in it has its own',
  'server/session-commands.ts USAGE': 'nobody reads it: its client is gone',
  'server/session-routes.ts USAGE': 'only a client that is no client of portside can get it',
};

/** The arguments of each `new PortsideError(...)` in a text, up to its closing bracket. */
function errorsIn(text: string): readonly string[] {
  return [...text.matchAll(/new PortsideError\(/g)].map(({ index }) => {
    let depth = 0;
    let quote = '';
    for (let at = index; at < text.length; at++) {
      const sign = text[at] as string;
      if (quote !== '') {
        if (sign === '\\') at++;
        else if (sign === quote) quote = '';
      } else if (/['"`]/.test(sign)) quote = sign;
      else if (sign === '(') depth++;
      else if (sign === ')' && --depth === 0) return text.slice(index + 'new PortsideError('.length, at);
    }
    throw new Error('a bracket is not closed');
  });
}

test('every error says what to do next: by a hint of its own, or by the usual one of its code', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.replaceAll('\\', '/'));
  const all = files.flatMap((name) =>
    errorsIn(readFileSync(join(src, name), 'utf8')).map((text) => ({
      name,
      text,
      code: /^\s*'?([\w.]+)/.exec(text)?.[1],
    })),
  );
  expect(all.length).toBeGreaterThan(100);
  const bare = all.filter(({ text, code = '' }) => !/\bhint\b/.test(text) && !(code in usualHints));
  expect([...new Set(bare.map(({ name, code }) => `${name} ${code}`))].sort()).toEqual(Object.keys(without).sort());
});
