import { PortsideError } from '../../model/index.js';

/**
 * Gives a failed setup as a runner's report shows it best: place, hint and last log lines in the message, because runners print
 * nothing else, and no stack of ours. Other errors pass unchanged.
 */
export function explainedSetup(error: unknown): unknown {
  if (!PortsideError.is(error)) return error;
  const failure = new Error(describe(error).join('\n'));
  failure.name = `PortsideError ${error.code}`;
  failure.stack = `${failure.name}: ${failure.message}`;
  return failure;
}

/**
 * Waits for the work; its `PortsideError` gets the hint and the rest into its message, because runners print nothing else, and a
 * stack that leads to the test which asked.
 */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!PortsideError.is(error)) throw error;
    const { code, hint, service, position, logs, errors } = error;
    throw new PortsideError(code, describe(error).join('\n'), {
      logs,
      errors,
      cause: error.cause,
      ...(hint === undefined ? {} : { hint }),
      ...(service === undefined ? {} : { service }),
      ...(position === undefined ? {} : { position }),
    });
  }
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
      : [`Last lines${service === undefined ? '' : ` of ${service}`}:`, ...logs.map((line) => `  ${line}`)]),
    ...errors.flatMap((inner) => ['', ...describe(inner)]),
  ];
}
