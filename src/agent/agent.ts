import { existsSync, linkSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Environment } from '../environment/index.js';
import { type EventLog, PortsideError, readClaim, timerMs } from '../model/index.js';
import { createServer, type SessionRequest, Sessions } from '../server/index.js';
import { createTelemetry, type ReadableTelemetry } from '../telemetry/index.js';
import { isServed } from './is-served.js';
import type { AgentPaths } from './paths.js';
import type { AgentRecord } from './record.js';

/** What an agent is made with. */
export interface AgentOptions {
  readonly environment: Environment;
  readonly paths: AgentPaths;
  readonly record: AgentRecord;
  /** The environment's start, which is under way; its failure must be handled already. */
  readonly starting: Promise<void>;
  /**
   * Called once, a second after the start or after the end: what nobody waits for. `over` aborts when the environment has ended;
   * the process stays until it is done, until `signal` aborts ten seconds later.
   */
  readonly whenQuiet?: (signals: { readonly over: AbortSignal; readonly signal: AbortSignal }) => Promise<unknown>;
  readonly fingerprint?: string;
  /** Called once when everything is removed; the process may end. */
  readonly onEnd: () => void;
  readonly log: EventLog;
  /** What the environment tells its doings; `GET /metrics` shows them. */
  readonly telemetry?: ReadableTelemetry;
}

/** How long an agent waits for its first session, in milliseconds. */
const graceMs = 10_000;

/** How long after its start an agent begins what nobody waits for, and how long that may hold up its exit, in milliseconds. */
const quietMs = 1000;
const lastWorkMs = 10_000;

/** How long what was given up may take to remove its traces, in milliseconds. */
const removalMs = 2000;

/** The owner of one environment (D2): serves it, counts its sessions, and removes it when the last one has closed. */
export class Agent {
  readonly #options: AgentOptions;
  readonly #sessions: Sessions;
  readonly #server: FastifyInstance;
  #keepWarmMs = 0;
  #idle: NodeJS.Timeout | undefined;
  #ending: Promise<void> | undefined;
  /** Why not everything could be removed at the end. */
  #unremoved: unknown;
  #quiet: NodeJS.Timeout | undefined;
  #lastWork: Promise<unknown> | undefined;
  readonly #over = new AbortController();
  readonly #givenUp = new AbortController();
  #inode: number | undefined;
  #joined = false;
  #onSession = (): void => {};
  /** Settles with the first session, or when the wait for it has ended. */
  readonly #firstSession = new Promise<void>((resolve) => {
    this.#onSession = resolve;
  });

  constructor(given: AgentOptions) {
    const options = { ...given, log: neverThrowing(given.log) };
    this.#options = options;
    this.#sessions = new Sessions({
      now: Date.now,
      onEmpty: () => this.#onEmpty(),
      onClose: (id) => void options.environment.endSession(id),
    });
    this.#server = createServer({
      environment: options.environment,
      sessions: this.#sessions,
      stop: async () => {
        await this.end('asked to');
        this.#throwUnremoved();
      },
      admit: (request) => this.#admit(request),
      teardown: async () => {
        await this.#ending;
        this.#throwUnremoved();
      },
      telemetry: options.telemetry ?? createTelemetry(options.log),
    });
  }

  /** Listens on the environment's socket, and leaves its record beside it. Where that fails, what was started is removed. */
  async listen(): Promise<void> {
    try {
      await this.#listen();
    } catch (error) {
      // The server first: its own socket goes with it.
      await this.#server.close();
      await this.#options.environment.stop();
      throw error;
    }
  }

  async #listen(): Promise<void> {
    const { paths, record } = this.#options;
    const own = `${paths.socket}.${process.pid}`;
    await this.#server.listen({ path: process.platform === 'win32' ? paths.socket : own });
    if (process.platform !== 'win32') {
      this.#inode = statSync(own).ino;
      try {
        linkSync(own, paths.socket);
        rmSync(own);
      } catch {
        // What stands there is a dead agent's, as the spawner has found, who holds the lock; but it may have lost that by its own death.
        if (await isServed(paths.socket)) {
          throw new PortsideError('AGENT_FAILED', 'Cannot start the agent: another one was faster.', {
            hint: 'Run the command again: it joins that one.',
          });
        }
        renameSync(own, paths.socket);
      }
    }
    writeFileSync(paths.record, JSON.stringify(record), { mode: 0o600 });
    this.#idle = setTimeout(() => void this.end('no session came'), graceMs);
  }

  /** Waits for the environment's start; its failure is told to every session, then the agent ends. */
  async run(): Promise<void> {
    const { environment, starting, log } = this.#options;
    try {
      await starting;
      log('info', 'Environment ready');
      this.#quiet = setTimeout(() => void this.#doLastWork(), quietMs).unref();
    } catch (error) {
      if (this.#ending !== undefined) return;
      log('error', 'Environment failed', { err: error });
      if (environment.state.state !== 'failed') await environment.fail(error);
      // Whoever spawned this agent may not have joined yet, and would only spawn the next one.
      await this.#firstSession;
      await this.end('start failed');
    }
  }

  /**
   * Gives up the socket at once, so that the next client starts afresh; then removes everything. May be called twice. What could not be
   * removed is told to whoever asked for the end over the socket.
   */
  end(reason: string): Promise<void> {
    this.#ending ??= this.#end(reason);
    return this.#ending;
  }

  /** Ends for an error that nobody caught: every client is told of it, and the log stays. */
  crash(cause: unknown): Promise<void> {
    this.#ending ??= this.#end('uncaught exception', crashed(cause, this.#options.paths.log));
    return this.#ending;
  }

  #throwUnremoved(): void {
    if (this.#unremoved !== undefined) throw this.#unremoved;
  }

  #admit(request: SessionRequest): boolean {
    if (this.#ending !== undefined) return false;
    const { fingerprint } = this.#options;
    const stale = fingerprint !== undefined && request.fingerprint !== undefined && fingerprint !== request.fingerprint;
    // Only what was kept warm can be out of date: files may well change while an environment starts.
    if (stale && this.#joined && this.#sessions.size === 0) {
      void this.end('its files have changed');
      return false;
    }
    clearTimeout(this.#idle);
    this.#joined = true;
    this.#onSession();
    this.#keepWarmMs = Math.max(this.#keepWarmMs, request.keepWarmMs);
    return true;
  }

  #onEmpty(): void {
    if (this.#keepWarmMs === 0) void this.end('the last session closed');
    else this.#idle = setTimeout(() => void this.end('kept warm long enough'), timerMs(this.#keepWarmMs));
  }

  async #end(reason: string, cause?: PortsideError): Promise<void> {
    const { environment, log, onEnd } = this.#options;
    log('info', 'Environment stopping', { reason });
    clearTimeout(this.#idle);
    this.#onSession();
    this.#withdraw();
    try {
      if (cause !== undefined) await environment.fail(cause);
      await environment.stop();
    } catch (error) {
      this.#unremoved = error;
      log('error', 'Cannot remove everything', { err: error });
    }
    if (environment.state.state === 'stopped') this.#removeFolder();
    // Whoever waits for the end is answered before the connections close.
    setTimeout(() => void this.#leave().then(onEnd), environment.state.state === 'failed' ? 200 : 20);
  }

  /** The environment is gone and its clients know; what nobody waits for may still be under way, or not even begun. */
  async #leave(): Promise<void> {
    clearTimeout(this.#quiet);
    await this.#server.close();
    this.#over.abort();
    const work = this.#doLastWork();
    await Promise.race([work, sleep(lastWorkMs, undefined, { ref: false })]);
    this.#givenUp.abort();
    await Promise.race([work, sleep(removalMs, undefined, { ref: false })]);
  }

  async #doLastWork(): Promise<void> {
    this.#lastWork ??= this.#options.whenQuiet?.({ over: this.#over.signal, signal: this.#givenUp.signal });
    await this.#lastWork;
  }

  /** Nothing is left of a clean end, unless the next agent is already moving in; after a failure the log stays. */
  #removeFolder(): void {
    const { paths } = this.#options;
    try {
      if (readClaim(paths.lock) !== undefined || existsSync(paths.socket)) return;
      rmSync(paths.log, { force: true });
      rmdirSync(paths.folder);
    } catch {
      // Somebody moved in between, or removed the folder: it is theirs.
    }
  }

  #withdraw(): void {
    const { paths } = this.#options;
    try {
      if (statSync(paths.socket).ino !== this.#inode) return;
      rmSync(paths.record, { force: true });
      rmSync(paths.socket, { force: true });
    } catch {
      // Somebody removed the folder: nothing to give up.
    }
  }
}

/** A log that cannot be written to must not keep an agent from removing its environment. */
function neverThrowing(log: EventLog): EventLog {
  return (...event) => {
    try {
      log(...event);
    } catch {
      // The line is lost; there is no other place for it.
    }
  };
}

function crashed(cause: unknown, log: string): PortsideError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new PortsideError('AGENT_FAILED', `Cannot go on with the environment: its agent met an error: ${reason}`, {
    hint: `${log} has the whole error. Code of your own that runs in the agent (kinds, migrations, functions of the configuration) may be its cause; if not, please report it.`,
    cause,
  });
}
