import type { FastifyInstance } from 'fastify';
import type { Exposition } from '../telemetry/index.js';

/** Gives all metrics of a process in the format of Prometheus. */
export type Metering = () => Promise<Exposition>;

/** The metrics, for Prometheus to read. */
export function metricsRoute(server: FastifyInstance, metering: Metering): void {
  server.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await metering();
    return reply.header('content-type', contentType).send(text);
  });
}
