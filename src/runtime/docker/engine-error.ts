import { type ErrorDetails, PortsideError } from '../../model/index.js';

/** The engine's answer as text, without what the client library puts around it. */
export function engineAnswer(error: unknown): string {
  const { json, message } = (error ?? {}) as { readonly json?: unknown; readonly message?: string };
  const answer = (json as { readonly message?: unknown } | null | undefined)?.message;
  if (typeof answer === 'string' && answer !== '') return oneLine(answer);
  return oneLine((message ?? String(error)).replace(/^\(HTTP code \d+\) .*? - /, ''));
}

/** The HTTP status of the engine's answer; `undefined` when it did not answer. */
export function engineStatus(error: unknown): number | undefined {
  return (error as { readonly statusCode?: number } | null)?.statusCode;
}

/** Tells whether the engine refused a start because a host port is taken. */
export function isPortConflict(error: unknown): boolean {
  return /port is already allocated|ports are not available|bind: address already in use|failed to bind (host )?port|Only one usage of each socket address/i.test(
    engineAnswer(error),
  );
}

/** Tells whether the engine refused a network because its addresses are in use already. */
export function isSubnetConflict(error: unknown): boolean {
  return /overlap|already (being )?used/i.test(engineAnswer(error)) && !isPoolExhausted(error);
}

/** Tells whether the engine has no addresses left for another network. */
export function isPoolExhausted(error: unknown): boolean {
  return /non-overlapping IPv4 address pool|predefined address pools have been fully subnetted|could not find free subnet/i.test(
    engineAnswer(error),
  );
}

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /network .* is ambiguous|matches found based on name/i,
    'The engine has several networks of that name: `docker network ls` shows them. Remove those that nobody uses by their ids (`docker network rm ID`), then run it again.',
  ],
  [
    /no space left on device/i,
    'Make room for the engine: `docker system df` shows what takes it, `portside cache prune` and `docker system prune` remove what nobody uses.',
  ],
];

/** What to do about an answer of the engine; `undefined` where only the answer itself can tell. */
export function engineHint(answer: string): string | undefined {
  return hints.find(([pattern]) => pattern.test(answer))?.[1];
}

/** Makes the error for something that the engine did not do: `what` completes "Cannot ...". */
export function engineFailed(what: string, error: unknown, details: ErrorDetails = {}): PortsideError {
  if (PortsideError.is(error)) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (
    engineStatus(error) === undefined &&
    code !== undefined &&
    ['ECONNREFUSED', 'ENOENT', 'ECONNRESET', 'EPIPE'].includes(code)
  ) {
    return new PortsideError(
      'ENGINE_UNREACHABLE',
      `Cannot ${what}: the Docker engine does not answer any more (${code}).`,
      {
        hint: 'Start the engine again, then `portside sweep`.',
        cause: error,
        ...details,
      },
    );
  }
  const answer = engineAnswer(error);
  const hint =
    engineHint(answer) ??
    'That is the answer of the engine; `portside doctor` looks at the engine, and its own log says more.';
  return new PortsideError('ENGINE_FAILED', `Cannot ${what}: ${answer}.`, { hint, cause: error, ...details });
}

function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '');
}
