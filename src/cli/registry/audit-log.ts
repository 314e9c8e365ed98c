import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Audit } from '../../server/index.js';
import { createLogger } from '../../telemetry/index.js';

/** Opens a file that every entry is added to as a line of JSON with its time; a new one only its user can read. */
export function openAuditLog(path: string): Audit {
  mkdirSync(dirname(path), { recursive: true });
  const logger = createLogger({ level: 'info', destination: openSync(path, 'a', 0o600) });
  return ({ action, ...fields }) => logger.info({ action, ...fields }, `Registry: ${action}`);
}
