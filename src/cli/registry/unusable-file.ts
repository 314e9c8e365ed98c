import { PortsideError } from '../../model/index.js';
import { usageError } from '../usage-error.js';

/** A file that a registry is to work with. */
export interface NamedFile {
  /** Absolute path. */
  readonly path: string;
  /** What it is to be, for example `the audit log`. */
  readonly purpose: string;
  /** Whether an option names it, and not the configuration. */
  readonly byOption: boolean;
}

/** Gives the error for a file that cannot be used: `USAGE` where an option names it, otherwise `CONFIG_INVALID`. */
export function unusableFile({ path, purpose, byOption }: NamedFile, cause: unknown): PortsideError {
  const problem = `'${path}' cannot be used as ${purpose}: ${(cause as Error).message}.`;
  const hint = 'Check the path, what is in the file, and who may use it.';
  if (byOption) return usageError(problem, hint);
  return new PortsideError('CONFIG_INVALID', `Cannot serve the registry: ${problem}`, { hint, cause });
}
