import { PortsideError } from '../model/index.js';
import { exitCodes } from './exit-code.js';

/** A command that did not begin. */
export interface NotStarted {
  /** 127 where there is no such program, 126 otherwise, as shells have it. */
  readonly code: number;
  /** `COMMAND_NOT_STARTED`. */
  readonly error: PortsideError;
}

/** Says of a command why the system does not start it, by the error code of the system (`ENOENT`, `EACCES` or another). */
export function notStarted(
  command: string,
  cause: { readonly code?: string | undefined; readonly message: string },
): NotStarted {
  const missing = cause.code === 'ENOENT';
  const reason = missing
    ? 'there is no such program'
    : cause.code === 'EACCES'
      ? 'it is not executable'
      : cause.message;
  const error = new PortsideError('COMMAND_NOT_STARTED', `Cannot run '${command}': ${reason}.`, {
    hint:
      cause.code === 'EACCES'
        ? `Make it executable (chmod +x), or name the program that runs it: portside run -- sh ${command}.`
        : `Check its spelling, give its path, or run it through npx or a shell: portside run -- sh -c '...'.`,
    cause,
  });
  return { code: missing ? exitCodes.notFound : exitCodes.notExecutable, error };
}
