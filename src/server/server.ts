import Fastify, { type FastifyInstance } from 'fastify';
import type { Environment } from '../environment/index.js';
import type { ReadableTelemetry } from '../telemetry/index.js';
import { answerErrors } from './answer-errors.js';
import { environmentRoutes } from './environment-routes.js';
import { leaseRoutes } from './lease-routes.js';
import { metricsRoute } from './metrics-route.js';
import { serviceRoutes } from './service-routes.js';
import { sessionRoutes } from './session-routes.js';
import type { SessionRequest, Sessions } from './sessions.js';

/** What the HTTP API serves. */
export interface ServerOptions {
  readonly environment: Environment;
  readonly sessions: Sessions;
  /** Ends the environment for everybody, and resolves when nothing is left. */
  readonly stop: () => Promise<void>;
  /** Whether a client may join; false when what runs here is out of date for it. */
  readonly admit: (request: SessionRequest) => boolean;
  /** Resolves when nothing is left, if the environment is on its way down; at once otherwise. */
  readonly teardown: () => Promise<void>;
  /** Told of look-ups; `GET /metrics` answers with its metrics. */
  readonly telemetry: ReadableTelemetry;
}

/** Makes the HTTP API of one environment (design, section 5); the caller decides what it listens on. */
export function createServer(options: ServerOptions): FastifyInstance {
  const server = Fastify({
    logger: false,
    forceCloseConnections: true,
    requestTimeout: 0,
    keepAliveTimeout: 60_000,
    routerOptions: { maxParamLength: 512 },
  });
  answerErrors(server);
  serviceRoutes(server, options);
  sessionRoutes(server, options);
  leaseRoutes(server, options);
  environmentRoutes(server, options);
  metricsRoute(server, () => options.telemetry.metrics.exposition());
  return server;
}
