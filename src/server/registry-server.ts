import Fastify, { type FastifyInstance } from 'fastify';
import { noTelemetry, type Telemetry } from '../model/index.js';
import type { RegistryStorage } from '../registry/index.js';
import { answerErrors } from './answer-errors.js';
import type { Audit } from './audit.js';
import { lookupRoutes } from './lookup-routes.js';
import { type Metering, metricsRoute } from './metrics-route.js';
import { registrationRoutes } from './registration-routes.js';
import { guardRegistry, type RegistryRateLimit } from './registry-guard.js';
import { streamRegistry } from './registry-stream.js';

/** What a stand-alone registry serves, and to whom. */
export interface RegistryServerOptions {
  readonly storage: RegistryStorage;
  /** The bearer token that every request must carry, at least 22 characters. */
  readonly token: string;
  /** Certificate and key in PEM form. Default: no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Time to live of registrations that name none, in milliseconds; a function is asked each time. Default 60,000. */
  readonly defaultTtlMs?: number | (() => number);
  /** How many services may be registered. Default 10,000. */
  readonly maxServices?: number;
  /** How often one address may change something or be refused. Default 1000 times a second. */
  readonly rateLimit?: RegistryRateLimit | false;
  readonly audit?: Audit;
  readonly telemetry?: Telemetry;
  /** What `GET /metrics` answers. Default: there is no such route. */
  readonly metering?: Metering;
}

/** The largest registration that is read, in bytes. */
const bodyLimit = 65_536;

/** Makes the HTTP API of a registry of its own; the caller decides what it listens on, and closes the storage. */
export function createRegistryServer(options: RegistryServerOptions): FastifyInstance {
  const { storage, token, tls, defaultTtlMs = 60_000, audit = () => {}, telemetry = noTelemetry } = options;
  const { registry } = storage;
  const settings = {
    logger: false,
    forceCloseConnections: true,
    requestTimeout: 30_000,
    keepAliveTimeout: 60_000,
    bodyLimit,
    routerOptions: { maxParamLength: 512 },
  } as const;
  const server =
    tls === undefined ? Fastify(settings) : (Fastify({ ...settings, https: tls }) as unknown as FastifyInstance);
  answerErrors(server);
  guardRegistry(server, {
    token,
    audit,
    ...(options.rateLimit === undefined ? {} : { rateLimit: options.rateLimit }),
  });
  server.get('/healthz', () => ({ status: 'ok' }));
  if (options.metering !== undefined) metricsRoute(server, options.metering);
  lookupRoutes(server, registry, telemetry);
  registrationRoutes(server, {
    storage,
    defaultTtlMs: typeof defaultTtlMs === 'function' ? defaultTtlMs : () => defaultTtlMs,
    audit,
    ...(options.maxServices === undefined ? {} : { maxServices: options.maxServices }),
  });
  server.get('/v1/events', (_request, reply) => {
    reply.hijack();
    streamRegistry(registry, reply.raw);
  });
  return server;
}
