import type { MachineCheck } from '../../environment/index.js';
import type { Colors } from './colors.js';

/** Writes the checks for people: a mark, what was found, and what to do about it. */
export function doctorText(checks: readonly MachineCheck[], usable: boolean, colors: Colors): string {
  const marks = { ok: colors.green('✓'), warn: colors.yellow('!'), fail: colors.red('✗') };
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, message, hint }) => [
    `${marks[status]} ${name.padEnd(width)}  ${message}`,
    ...(hint === undefined ? [] : [`  ${' '.repeat(width)}  ${colors.dim(hint)}`]),
  ]);
  return [
    ...lines,
    '',
    usable ? 'This machine can run environments.' : 'Nothing can run as things are: see what is marked ✗ or !.',
  ].join('\n');
}
