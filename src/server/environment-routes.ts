import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { environmentDocument } from '../model/index.js';
import type { ServerOptions } from './server.js';

interface LogQuery {
  readonly service?: string;
  readonly follow?: string;
  readonly tail?: string;
}

/** The environment as a whole: its document, its logs, its end, and whether the agent answers. */
export function environmentRoutes(server: FastifyInstance, { environment, sessions, stop }: ServerOptions): void {
  server.get('/healthz', () => ({ status: 'ok', state: environment.state.state }));

  server.get('/v1/environment', () =>
    environmentDocument(
      environment.info,
      environment.state,
      environment.registry.list(),
      environment.progress,
      sessions.list(),
      environment.leaseDocuments,
    ),
  );

  server.post('/v1/stop', async () => {
    await stop();
    return { stopped: environment.info.key };
  });

  server.get<{ Querystring: LogQuery }>('/v1/logs', ({ query }, reply) => {
    const closed = new AbortController();
    reply.raw.on('close', () => closed.abort());
    const lines = environment.logs({
      follow: query.follow === 'true',
      signal: closed.signal,
      ...(query.service === undefined ? {} : { service: query.service }),
      ...(query.tail === undefined ? {} : { tail: Number(query.tail) }),
    });
    const text = Readable.from(jsonLines(lines));
    return reply.type('application/x-ndjson').send(text);
  });
}

async function* jsonLines(values: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
