import { rewriteKeyValues } from './key-values.js';
import type { Targets } from './targets.js';
import { rewriteText } from './text.js';
import { rewriteVariables } from './variables.js';

/** What the short options of clients mean. */
const shortOptions: Readonly<Record<string, string>> = {
  '-h': 'HOST',
  '-p': 'PORT',
  '-U': 'USER',
  '-u': 'USER',
  '-d': 'DATABASE',
  '-a': 'PASSWORD',
};

/** A value among the words that has a name: `--db-host=db`, `--db-host db`, `-h db`, `DB_HOST=db`. */
interface NamedWord {
  readonly index: number;
  readonly key: string;
  /** What stands before the value in the same word. */
  readonly head: string;
  readonly value: string;
}

/**
 * Rewrites the words of a command: options and assignments like variables that belong together, everything else as text, and a
 * host name followed by its port as a word of its own. A word with spaces in it is read as words again: it is for a shell.
 */
export function rewriteWords(words: readonly string[], targets: Targets): string[] {
  const named = namedWords(words);
  const variables = Object.fromEntries(named.map(({ key, value }) => [key, value]));
  const values = rewriteVariables(variables, targets);
  const byIndex = new Map(named.map((word) => [word.index, word]));
  const rewritten = words.map((word, index) => {
    const option = byIndex.get(index);
    if (option === undefined) return rewriteWord(word, targets);
    const value = values[option.key] ?? option.value;
    return option.head + (value === option.value ? rewriteWord(value, targets) : value);
  });
  words.forEach((word, index) => {
    const port = Number(words[index + 1]);
    if (byIndex.has(index) || !Number.isInteger(port)) return;
    const target = targets.all.find(({ names, ports }) => names.includes(word) && ports.includes(port));
    const address = target === undefined ? undefined : targets.find(word, port)?.target.address(port);
    if (address === undefined) return;
    rewritten[index] = address.host;
    rewritten[index + 1] = String(address.port);
  });
  return rewritten;
}

function rewriteWord(word: string, targets: Targets): string {
  if (!/\s/.test(word)) return rewriteText(word, targets);
  const connection = rewriteKeyValues(word, targets);
  if (connection !== undefined) return connection;
  const parts = word.split(/(\s+)/);
  const rewritten = rewriteWords(
    parts.filter((_, index) => index % 2 === 0),
    targets,
  );
  return parts.map((part, index) => (index % 2 === 0 ? rewritten[index / 2] : part)).join('');
}

function namedWords(words: readonly string[]): readonly NamedWord[] {
  const named = words.flatMap((word, index): readonly NamedWord[] => {
    const [, head, name = '', value = ''] = /^((?:--?)?([A-Za-z_][\w.-]*)=)(.*)$/s.exec(word) ?? [];
    // A shell reads on after an assignment.
    if (head !== undefined && (head.startsWith('-') || !/\s/.test(value)))
      return [{ index, key: keyOf(name.replace(/^D(?=[a-z])/, '')), head, value }];
    const next = words[index + 1];
    const long = /^--([A-Za-z][\w.-]*)$/.exec(word)?.[1];
    const key = shortOptions[word] ?? (long === undefined ? undefined : keyOf(long));
    if (key === undefined || next === undefined || next.startsWith('-')) return [];
    return [{ index: index + 1, key, head: '', value: next }];
  });
  // Of options that are given twice the last counts, and they are no group.
  return named.filter(({ key }, index) => named.findIndex((other) => other.key === key) === index);
}

function keyOf(option: string): string {
  return option.replaceAll('-', '_');
}
