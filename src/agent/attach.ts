import { Replica } from '../discovery/in-environment.js';
import { type EnvironmentDocument, type ForkDocument, PortsideError } from '../model/index.js';
import { call, lines } from './connection.js';
import { EnvironmentHandle } from './handle.js';
import { type SessionListener, SessionStream } from './session-stream.js';

/** How a process joins an environment whose agent runs. */
export interface AttachOptions {
  /** Path of the agent's socket, as `PORTSIDE_SOCKET` gives it to suites. */
  readonly socket: string;
  /** What `ps` shows as the owner of the session. */
  readonly client?: string;
  readonly keepWarmMs?: number;
  readonly fingerprint?: string;
  /** False: follows the environment and holds leases only, because another process holds it up. Default true. */
  readonly hold?: boolean;
  /** Lets the process end although the stream is open. Default false. */
  readonly unref?: boolean;
  /** Hears every frame from the first snapshot on. */
  readonly onReplica?: (replica: Replica) => void;
}

/**
 * Joins the environment behind the socket: opens a session, which ends with this process at the latest and its leases with
 * it, and follows the registry; with `hold: false` the session does not hold the environment up. Light: loads neither engine client nor server.
 * Errors: `ENVIRONMENT_STOPPED` when no agent answers, or when the environment is on its way down.
 */
export async function attachEnvironment(options: AttachOptions): Promise<EnvironmentHandle> {
  const { socket, client = 'suite', keepWarmMs = 0, fingerprint, hold = true } = options;
  const replica = new Replica(Date.now);
  options.onReplica?.(replica);
  let session: string | undefined;
  let closing = false;
  const body = { client, pid: process.pid, keepWarmMs, hold, ...(fingerprint === undefined ? {} : { fingerprint }) };
  let joined = (): void => {};
  let refused = (_: PortsideError): void => {};
  const first = new Promise<void>((resolve, reject) => {
    joined = resolve;
    refused = reject;
  });
  first.catch(() => undefined);
  const listener: SessionListener = {
    onFrame: (frame) => {
      if (frame.type === 'session') session = frame.id;
      replica.apply(frame);
      if (frame.type === 'snapshot') joined();
    },
    onEnd: () => {
      refused(new PortsideError('ENVIRONMENT_STOPPED', 'Cannot join the environment: its agent ended.'));
      if (!closing && replica.state.state !== 'failed') replica.apply({ type: 'state', state: { state: 'stopped' } });
    },
  };
  const stream = await SessionStream.open(socket, body, listener);
  await first;
  if (options.unref === true) stream.unref();
  const release = (id: string) => stream.ask<void>({ command: 'release', id }).catch(gone);
  const info = replica.environment;
  if (info === undefined) throw new PortsideError('AGENT_FAILED', 'Cannot join the environment: no snapshot came.');
  return new EnvironmentHandle(
    replica,
    {
      socket,
      document: () => call<EnvironmentDocument>(socket, 'GET', '/v1/environment'),
      logs: ({ service, follow, tail, signal }) => {
        const query = new URLSearchParams({
          ...(service === undefined ? {} : { service }),
          ...(follow === true ? { follow: 'true' } : {}),
          ...(tail === undefined ? {} : { tail: String(tail) }),
        });
        return lines(socket, `/v1/logs?${query}`, signal);
      },
      lease: (request, signal) => {
        // What came for nobody is given back, unless it is part of a fork that goes as a whole.
        const giveBack = ({ id }: ForkDocument): void => {
          if (request.fork === undefined) void release(id);
        };
        return stream.ask({ command: 'lease', request }, signal, giveBack);
      },
      release,
      reset: (id) => stream.ask({ command: 'reset', id }),
      snapshot: (id, name) => stream.ask({ command: 'snapshot', id, name }),
      restore: (id, name) => stream.ask({ command: 'restore', id, name }),
      stop: async () => {
        closing = true;
        await call(socket, 'POST', '/v1/stop').catch(gone);
      },
      close: async () => {
        closing = true;
        // The agent may be gone already; then there is nothing to end.
        if (hold)
          await call(socket, 'DELETE', `/v1/sessions/${session}`)
            .catch(gone)
            .finally(() => stream.close());
        else stream.close();
      },
      unref: () => stream.unref(),
    },
    info,
  );
}

/** What was to be ended has gone with its environment. */
function gone(error: unknown): void {
  if (!PortsideError.is(error) || error.code !== 'ENVIRONMENT_STOPPED') throw error;
}
