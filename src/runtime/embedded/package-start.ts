import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { splitWords } from './words.js';

/** What to run in a folder. */
export interface StartCommand {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Finds how the package in a folder is started: its script `start` (or another one), else its `main`. A script that runs
 * `node` is run without npm and a shell in between, so that signals reach it and nothing is left behind it.
 */
export function packageStart(folder: string, script = 'start'): StartCommand | undefined {
  const manifest = readManifest(folder);
  if (manifest === undefined) return undefined;
  const line = manifest.scripts?.[script];
  if (typeof line === 'string' && line.trim() !== '') {
    if (typeof manifest.scripts?.[`pre${script}`] === 'string') return plain(['npm', 'run', script]);
    return directNode(line) ?? plain(['/bin/sh', '-c', line]);
  }
  if (script !== 'start') return undefined;
  const main = typeof manifest.main === 'string' ? manifest.main : 'server.js';
  return existsSync(join(folder, main)) ? plain(['node', main]) : undefined;
}

/** Gives the script that a command runs through npm, pnpm or yarn: `npm start`, `npm run dev`. */
export function scriptOf(command: readonly string[]): string | undefined {
  const [program = '', ...words] = command;
  if (!['npm', 'pnpm', 'yarn'].includes(program)) return undefined;
  const rest = words.filter((word) => !/^(-s|--silent|--)$/.test(word));
  if (rest[0] === 'run' || rest[0] === 'run-script') return rest.length === 2 ? rest[1] : undefined;
  return rest.length === 1 && (rest[0] === 'start' || program !== 'npm') ? rest[0] : undefined;
}

function directNode(line: string): StartCommand | undefined {
  const words = splitWords(line, {});
  // Values of variables are known only when the script runs.
  if (words === undefined || line.includes('$')) return undefined;
  const first = words.findIndex((word) => !/^\w+=/.test(word));
  if (words[first] !== 'node') return undefined;
  const environment = Object.fromEntries(
    words.slice(0, first).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
  return { command: words.slice(first), environment };
}

function plain(command: readonly string[]): StartCommand {
  return { command, environment: {} };
}

function readManifest(folder: string): { main?: unknown; scripts?: Record<string, unknown> } | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return undefined;
  }
}
