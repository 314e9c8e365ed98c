import type { FastifyInstance } from 'fastify';
import { type ErrorCode, PortsideError } from '../model/index.js';

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  DISCOVERY_UNKNOWN_SERVICE: 404,
  ENVIRONMENT_STOPPED: 410,
  LEASE_TIMEOUT: 503,
  LEASE_UNKNOWN: 404,
  LEASE_UNSUPPORTED: 400,
  REGISTRY_CONFLICT: 409,
  REGISTRY_INVALID: 400,
  REGISTRY_RATE_LIMITED: 429,
  REGISTRY_UNAUTHORIZED: 401,
  REGISTRY_UNREACHABLE: 503,
  USAGE: 400,
};

/** Lets every failure be answered as `{"error": {code, message, hint}}` with the status that its code stands for. */
export function answerErrors(server: FastifyInstance): void {
  server.setErrorHandler((error, _request, reply) => {
    const status = PortsideError.is(error) ? statuses[error.code] : (error as { statusCode?: number }).statusCode;
    return reply.status(status ?? 500).send({ error: errorShown(error).toJSON() });
  });
  server.setNotFoundHandler((request, reply) =>
    reply.status(404).send({
      error: new PortsideError('USAGE', `Cannot answer ${request.method} ${request.url}: there is no such route.`, {
        hint: 'See docs/registry.md for the routes.',
      }).toJSON(),
    }),
  );
}

/** Gives the failure as clients are shown it: `USAGE` when the server blames the request, `INTERNAL` when it is a defect of ours. */
export function errorShown(error: unknown): PortsideError {
  if (PortsideError.is(error)) return error;
  const { message, statusCode = 500 } = error as Error & { statusCode?: number };
  const text = `Cannot answer the request: ${message}`;
  if (statusCode >= 400 && statusCode < 500)
    return new PortsideError('USAGE', text, { hint: 'See docs/registry.md for what a request may say.' });
  return new PortsideError('INTERNAL', text);
}
