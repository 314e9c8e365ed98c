import { parseDuration } from '../../model/index.js';

/** Writes a duration as the reference prints it (`1m30s`, `1h0m0s`, `1.5s`, `10ms`); `undefined` when it is none. */
export function canonicalDuration(text: string): string | undefined {
  const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  const ms = parseDuration(rest.replaceAll('\u03bc', '\u00b5'));
  if (ms === undefined) return undefined;
  const nanoseconds = Math.round(ms * 1e6);
  if (nanoseconds === 0) return '0s';
  return `${sign === '-' ? '-' : ''}${show(nanoseconds)}`;
}

function show(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${trim(nanoseconds, 3)}µs`;
  if (nanoseconds < 1e9) return `${trim(nanoseconds, 6)}ms`;
  const minutes = Math.floor(nanoseconds / 6e10);
  const seconds = `${trim(nanoseconds - minutes * 6e10, 9)}s`;
  if (minutes === 0) return seconds;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${seconds}` : `${hours}h${minutes % 60}m${seconds}`;
}

function trim(value: number, digits: number): string {
  const whole = Math.floor(value / 10 ** digits);
  const fraction = String(value % 10 ** digits)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(whole) : `${whole}.${fraction}`;
}
