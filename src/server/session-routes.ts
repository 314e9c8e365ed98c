import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { PortsideError } from '../model/index.js';
import { streamFrames } from './frame-stream.js';
import type { ServerOptions } from './server.js';
import { SessionCommands } from './session-commands.js';
import type { SessionRequest } from './sessions.js';

const ndjson = 'application/x-ndjson';

/**
 * Opening a session holds the environment up, unless it is to follow only; its stream's end, for whatever reason, lets go (D2). A client
 * that sends lines of JSON opens the session with the first, and commands with those after it.
 */
export function sessionRoutes(server: FastifyInstance, options: ServerOptions): void {
  const { environment, sessions, admit, teardown } = options;
  const open = (asked: Partial<SessionRequest> | null): { id: string; detached: boolean } => {
    const { state } = environment.state;
    const { client = 'unknown', pid = null, detached = false, keepWarmMs = 0, hold = true, fingerprint } = asked ?? {};
    const request = { client, pid, detached, keepWarmMs, hold, ...(fingerprint === undefined ? {} : { fingerprint }) };
    if (state === 'stopping' || state === 'stopped' || (hold && !admit(request))) {
      throw new PortsideError('ENVIRONMENT_STOPPED', 'Cannot open a session: the environment is stopping.');
    }
    return { id: sessions.open(request), detached };
  };
  const stream = (id: string, reply: FastifyReply) => {
    reply.raw.on('close', () => sessions.close(id));
    reply.hijack();
    return streamFrames(environment, reply.raw, [{ type: 'session', id }]);
  };

  server.addContentTypeParser(ndjson, (_request, payload, done) => done(null, payload));

  server.post<{ Body: unknown }>('/v1/sessions', async ({ body, headers }, reply) => {
    if (headers['content-type'] !== ndjson) {
      const { id, detached } = open(body as Partial<SessionRequest> | null);
      if (detached) return { id };
      stream(id, reply);
      return reply;
    }
    let commands: SessionCommands | undefined;
    await readLines(body as IncomingMessage, (line) => {
      if (commands !== undefined) return commands.take(line);
      const { id } = open(JSON.parse(line) as Partial<SessionRequest>);
      commands = new SessionCommands(options, id, stream(id, reply));
    });
    return reply;
  });

  server.delete<{ Params: { id: string } }>('/v1/sessions/:id', async ({ params: { id } }) => {
    sessions.close(id);
    await teardown();
    return { closed: id };
  });
}

/** Gives each line to `take`; resolves when that has taken the first, and rejects when it would not. */
function readLines(body: IncomingMessage, take: (line: string) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: body });
    let isOpen = false;
    lines.on('line', (line) => {
      try {
        take(line);
        isOpen = true;
        resolve();
      } catch (error) {
        // The first line is answered; a session that sends something else later cannot be understood any more.
        reject(error);
        if (isOpen) body.destroy();
      }
    });
    lines.on('error', reject);
    lines.on('close', () => reject(new PortsideError('USAGE', 'Cannot open a session: no line of JSON came.')));
  });
}
