import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Audit } from '../../server/index.js';
import { createLogger } from '../../telemetry/index.js';
import { unusableFile } from './unusable-file.js';

/**
 * Opens a file that every entry is added to as a line of JSON with its time; a new one only its user can read. `byOption`: the
 * command line names it. Errors: `USAGE`, `CONFIG_INVALID`.
 */
export function openAuditLog(path: string, { byOption = false }: { readonly byOption?: boolean } = {}): Audit {
  const logger = createLogger({ level: 'info', destination: open(path, byOption) });
  return ({ action, ...fields }) => logger.info({ action, ...fields }, `Registry: ${action}`);
}

function open(path: string, byOption: boolean): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    throw unusableFile({ path, purpose: 'the audit log', byOption }, cause);
  }
}
