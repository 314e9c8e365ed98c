import { PortsideError } from '../../model/index.js';

/**
 * Gives an error that a runner's report shows as people need it: message, hint and last log lines as text, no stack of ours,
 * and nothing twice. It has the original's `code`. Other errors pass unchanged.
 */
export function setupFailure(error: unknown): unknown {
  if (!PortsideError.is(error)) return error;
  const failure = new Error(describe(error).join('\n'));
  failure.name = `PortsideError ${error.code}`;
  failure.stack = `${failure.name}: ${failure.message}`;
  Object.defineProperty(failure, 'code', { value: error.code });
  return failure;
}

function describe(error: PortsideError): string[] {
  const { message, hint, position, logs, errors, service } = error;
  const place = position && [position.file, position.line, position.column].filter((part) => part !== undefined);
  return [
    message,
    ...(place === undefined ? [] : [`at ${place.join(':')}`]),
    ...(hint === undefined ? [] : [`Hint: ${hint}`]),
    ...(logs.length === 0
      ? []
      : [`Last lines${service === undefined ? '' : ` of ${service}`}:`, ...logs.map((l) => `  ${l}`)]),
    ...errors.flatMap((inner) => ['', ...describe(inner)]),
  ];
}
