import { nearest, PortsideError } from '../model/index.js';

/** What is wrong at one place of a configuration. */
export interface Problem {
  /** Absent where the configuration comes from no file. */
  readonly file?: string | undefined;
  readonly path: readonly string[];
  /** Goes on after "it": "must be a port". */
  readonly why: string;
  readonly value?: unknown;
  /** What could have been meant. */
  readonly known?: readonly string[];
  /** What is compared with `known`. Default: the value. */
  readonly written?: unknown;
}

/** Makes the error for a problem. */
export function configProblem({ file, path, why, value, known = [], written = value }: Problem): PortsideError {
  // `options` stands between a service and its keys only where a builder has put it.
  const shownPath = path.filter((part, index) => !(path[0] === 'services' && index === 2 && part === 'options'));
  const near = typeof written === 'string' ? nearest(written, known) : undefined;
  const hint =
    near !== undefined ? `Did you mean '${near}'?` : known.length > 0 ? `Known: ${known.join(', ')}.` : undefined;
  const current = path.at(-1) === 'password' ? '' : shown(value);
  return new PortsideError(
    'CONFIG_INVALID',
    `Cannot use ${shownPath.join('.') || 'the default export'}: it ${why}.${current}`,
    {
      hint: hint ?? 'See docs/configuration.md for what a configuration file may say.',
      ...(file === undefined ? {} : { position: { file } }),
      ...(path[0] === 'services' && path[1] !== undefined ? { service: path[1] } : {}),
    },
  );
}

function shown(value: unknown): string {
  if (value === undefined || (typeof value === 'object' && value !== null)) return '';
  const text = typeof value === 'function' ? 'a function' : String(JSON.stringify(value));
  return ` Current value is ${text.length > 80 ? `${text.slice(0, 77)}...` : text}.`;
}
