import type { FastifyInstance } from 'fastify';
import { PortsideError } from '../model/index.js';
import { streamFrames } from './frame-stream.js';
import type { ServerOptions } from './server.js';
import type { SessionRequest } from './sessions.js';

/** Opening a session holds the environment up, unless it is to follow only; its stream's end, for whatever reason, lets go (D2). */
export function sessionRoutes(
  server: FastifyInstance,
  { environment, sessions, admit, teardown }: ServerOptions,
): void {
  server.post<{ Body: Partial<SessionRequest> | null }>('/v1/sessions', (request, reply) => {
    const { state } = environment.state;
    const {
      client = 'unknown',
      pid = null,
      detached = false,
      keepWarmMs = 0,
      hold = true,
      fingerprint,
    } = request.body ?? {};
    const asked = { client, pid, detached, keepWarmMs, hold, ...(fingerprint === undefined ? {} : { fingerprint }) };
    if (state === 'stopping' || state === 'stopped' || (hold && !admit(asked))) {
      throw new PortsideError('ENVIRONMENT_STOPPED', 'Cannot open a session: the environment is stopping.');
    }
    const id = sessions.open(asked);
    if (detached) return { id };
    reply.raw.on('close', () => sessions.close(id));
    reply.hijack();
    streamFrames(environment, reply.raw, [{ type: 'session', id }]);
    return reply;
  });

  server.delete<{ Params: { id: string } }>('/v1/sessions/:id', async ({ params: { id } }) => {
    sessions.close(id);
    await teardown();
    return { closed: id };
  });
}
