import Table from 'cli-table3';
import type { Colors } from './colors.js';

const borderless = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'],
  ].map((part) => [part, '']),
);

/** Sets rows in columns under dim headings, two spaces apart; a cell may hold several lines. */
export function renderTable(headings: readonly string[], rows: readonly (readonly string[])[], colors: Colors): string {
  const table = new Table({
    head: headings.map((heading) => colors.dim(heading)),
    chars: { ...borderless, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
