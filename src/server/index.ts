export type { Audit, AuditEntry } from './audit.js';
export type { RegistryRateLimit } from './registry-guard.js';
export { createRegistryServer, type RegistryServerOptions } from './registry-server.js';
export { createServer, type ServerOptions } from './server.js';
export { type SessionRequest, Sessions } from './sessions.js';
