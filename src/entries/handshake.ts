import type { DefaultPortStrategyOptions } from '../discovery/index.js';
import { probe } from '../health/index.js';

/** Speaks the protocol of a service at its default place; a web service is known by its health path. */
export const handshake: DefaultPortStrategyOptions['handshake'] = ({ kind, host, port, credentials }, signal) => {
  const target = { host, portOf: () => port, ...(credentials === undefined ? {} : { credentials }) };
  if (kind === 'http') return probe({ type: 'http', port, path: '/health', maxStatus: 399 }, target, signal);
  return probe({ type: kind, port }, target, signal);
};
