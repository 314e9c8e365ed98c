export { createServer, type ServerOptions } from './server.js';
export { type SessionRequest, Sessions } from './sessions.js';
