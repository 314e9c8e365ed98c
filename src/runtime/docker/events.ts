import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { PortsideError } from '../../model/index.js';
import type { Engine } from './engine.js';
import { engineAnswer, engineStatus } from './engine-error.js';
import { jsonLines } from './json-lines.js';
import { label } from './labels.js';
import type { ContainerRecord, ContainerRecords } from './records.js';
import { exitInfo, exitOf } from './state.js';

/** One message of the engine's event stream, as far as it is used. */
interface EngineMessage {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano: number;
}

/** How long a lost stream is asked for again before all is given up. */
const patienceMs = 10_000;

/** Follows the engine's events of one environment and keeps its records true. */
export class EngineEvents {
  readonly #engine: Engine;
  readonly #instance: string;
  readonly #records: ContainerRecords;
  readonly #renew: (record: ContainerRecord, info: Docker.ContainerInspectInfo) => void;
  readonly #closed = new AbortController();
  /** Containers may have been started before the stream was there. */
  #openedLate = false;

  /** `renew` brings a record up to date after its container was started again. */
  constructor(
    engine: Engine,
    instance: string,
    records: ContainerRecords,
    renew: (record: ContainerRecord, info: Docker.ContainerInspectInfo) => void,
  ) {
    this.#engine = engine;
    this.#instance = instance;
    this.#records = records;
    this.#renew = renew;
  }

  /** Opens the stream; everything that happens after this resolves is seen, if need be by asking. */
  async open(): Promise<void> {
    const first = this.#connect();
    void this.#follow(first);
    // Some engines send nothing at all, not even headers, before the first event.
    const timer = new AbortController();
    const late = sleep(1000, true, { signal: timer.signal, ref: false });
    try {
      this.#openedLate = await Promise.race([first.then(() => false), late]);
    } catch (error) {
      if (!this.#closed.signal.aborted) throw error;
    } finally {
      timer.abort();
    }
  }

  /** Ends the stream. */
  close(): void {
    this.#closed.abort();
  }

  async #connect(): Promise<NodeJS.ReadableStream> {
    const stream = await this.#engine.client.getEvents({
      abortSignal: this.#closed.signal,
      filters: {
        type: ['container'],
        label: [`${label.instance}=${this.#instance}`],
        event: ['start', 'die', 'destroy', 'health_status'],
      },
    });
    // It may break, or be closed, before anybody reads it.
    stream.on('error', () => undefined);
    return stream;
  }

  async #follow(first: Promise<NodeJS.ReadableStream>): Promise<void> {
    let connection = first;
    let lostSince: number | undefined;
    let lastError: unknown;
    while (!this.#closed.signal.aborted) {
      try {
        const stream = await connection;
        if (lostSince !== undefined || this.#openedLate) await this.#reconcile();
        this.#openedLate = false;
        lostSince = undefined;
        for await (const message of jsonLines<EngineMessage>(stream)) await this.#handle(message);
      } catch (error) {
        lastError = error;
      }
      if (this.#closed.signal.aborted) return;
      lostSince ??= performance.now();
      if (performance.now() - lostSince > patienceMs) return this.#giveUp(lastError);
      await sleep(250, undefined, { ref: false });
      connection = this.#connect();
    }
  }

  async #handle(message: EngineMessage): Promise<void> {
    const record = this.#records.get(message.Actor.ID);
    if (record === undefined) return;
    const [action, detail] = message.Action.split(': ');
    switch (action) {
      case 'start':
        // The first start, which may be told late, is reported by whoever asked for it; before any other the container has died.
        if (record.running !== undefined && record.exit !== undefined) await this.#inspect(record);
        break;
      case 'die':
        await this.#ended(record, Number(message.Actor.Attributes['exitCode'] ?? 0), message.timeNano / 1e9);
        break;
      case 'destroy':
        this.#gone(record);
        break;
      case 'health_status':
        record.healthy = detail === 'healthy';
        if (record.running === undefined) break;
        this.#records.emit({ type: 'health', running: record.running, healthy: record.healthy });
        break;
    }
  }

  async #ended(record: ContainerRecord, exitCode: number, endedAt: number): Promise<void> {
    // Only SIGKILL can come from the kernel's memory limit, and only inspect tells.
    let oomKilled = false;
    if (exitCode === 137 && !record.removing) {
      const info = await this.#engine.client
        .getContainer(record.id)
        .inspect()
        .catch(() => undefined);
      oomKilled = info?.State.OOMKilled ?? false;
    }
    record.exit = exitInfo(exitCode, oomKilled);
    record.endedAt = endedAt;
    this.#announceExit(record);
  }

  #announceExit(record: ContainerRecord): void {
    const { running, exit, removing } = record;
    if (running !== undefined && exit !== undefined && !removing) this.#records.emit({ type: 'exited', running, exit });
    this.#records.changed();
  }

  #gone(record: ContainerRecord): void {
    if (record.removing) return;
    if (record.exit === undefined) {
      record.exit = exitInfo(137, false);
      this.#announceExit(record);
    }
    this.#records.delete(record);
  }

  async #inspect(record: ContainerRecord): Promise<void> {
    const container = this.#engine.client.getContainer(record.id);
    const info = await container.inspect().catch((error: unknown) => {
      if (engineStatus(error) === 404) return undefined;
      throw error;
    });
    if (info === undefined) return this.#gone(record);
    const exit = exitOf(info.State);
    if (exit !== undefined) {
      if (record.exit !== undefined) return;
      record.exit = exit;
      record.endedAt = Date.parse(info.State.FinishedAt) / 1000;
      return this.#announceExit(record);
    }
    if (record.exit === undefined && record.startedAt === info.State.StartedAt) return;
    this.#renew(record, info);
    if (record.running !== undefined) this.#records.emit({ type: 'started', running: record.running });
    this.#records.changed();
  }

  async #reconcile(): Promise<void> {
    for (const record of this.#records.all()) {
      if (record.running !== undefined && !record.removing) await this.#inspect(record);
    }
  }

  #giveUp(cause: unknown): void {
    const error = new PortsideError(
      'ENGINE_UNREACHABLE',
      `Cannot watch the containers: the Docker engine at ${this.#engine.address.url} has not answered for ${patienceMs / 1000} s` +
        `${cause === undefined ? '' : ` (${engineAnswer(cause)})`}.`,
      { hint: 'Start the engine again, then `portside sweep`.', cause },
    );
    this.#records.fail(error);
    this.#records.emit({ type: 'lost', error });
  }
}
