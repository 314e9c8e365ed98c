import { AsyncLocalStorage } from 'node:async_hooks';
import { isDeepStrictEqual } from 'node:util';
import { type EventLog, noTelemetry, PortsideError } from '../model/index.js';
import { watchFiles } from './watch-files.js';

/** What a `ConfigManager` is made with. */
export interface ConfigManagerOptions<Config> {
  /** Reads the whole configuration and checks it; rejects when it cannot be used. */
  readonly load: () => Promise<Config>;
  /** The files that it is read from: when one of them changes, it is read again. Default: none. */
  readonly files?: readonly string[];
  /** How often the files are looked at, in milliseconds. Default 200. */
  readonly intervalMs?: number;
  /** Called when files that have changed cannot be used; what was read before stays. */
  readonly onError?: (error: unknown) => void;
  readonly log?: EventLog;
}

/** Takes a configuration over. When it throws or rejects, the change is taken back: it is called once more, with the former one first. */
export type ConfigListener<Config> = (next: Config, before: Config) => unknown;

/**
 * Holds a configuration that may change while the program runs. A change is checked whole before any of it takes effect, is then
 * told to every listener, one after the other, and is taken back from all of them when one refuses it. Keeps no process alive.
 */
export class ConfigManager<Config> implements AsyncDisposable {
  readonly #options: ConfigManagerOptions<Config>;
  readonly #log: EventLog;
  readonly #listeners = new Set<ConfigListener<Config>>();
  readonly #telling = new AsyncLocalStorage<true>();
  #current: Config;
  #unwatch = (): void => {};
  /** The change under way; the next one begins when it has ended. */
  #change: Promise<unknown> = Promise.resolve();

  private constructor(options: ConfigManagerOptions<Config>, current: Config) {
    this.#options = options;
    this.#log = options.log ?? noTelemetry.log;
    this.#current = current;
  }

  /** Reads the configuration for the first time, and begins to watch its files. Rejects with what `load` rejects with. */
  static async open<Config>(options: ConfigManagerOptions<Config>): Promise<ConfigManager<Config>> {
    const { files = [], intervalMs = 200 } = options;
    // Watched before it is read, so that no change falls between the two.
    let changedMeanwhile = false;
    let changed = (): void => {
      changedMeanwhile = true;
    };
    const unwatch = watchFiles(files, intervalMs, () => changed());
    try {
      const manager = new ConfigManager(options, await options.load());
      manager.#unwatch = unwatch;
      changed = () => void manager.#reloadQuietly();
      if (changedMeanwhile) changed();
      return manager;
    } catch (error) {
      unwatch();
      throw error;
    }
  }

  /** The configuration that holds; for a listener, the one that it is just being told. */
  get current(): Config {
    return this.#current;
  }

  /** Calls the listener with every later change; the function given back ends that. */
  subscribe(listener: ConfigListener<Config>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Reads the configuration again; true when it is another one. Rejects, and leaves everything as it was, with what `load`
   * rejects with, or with `CONFIG_INVALID` when a listener refuses it.
   */
  reload(): Promise<boolean> {
    return this.#next(async () => this.#apply(await this.#options.load()));
  }

  /** Takes another configuration, which the caller has checked; true when it is another one. Rejects as `reload` does. */
  update(change: (current: Config) => Config): Promise<boolean> {
    return this.#next(() => this.#apply(change(this.#current)));
  }

  /** Ends the watching and the listening, after the change that is under way. May be called twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unwatch();
    await this.#change.catch(() => undefined);
    this.#listeners.clear();
  }

  /** As the name of what a program does at its end. */
  close(): Promise<void> {
    return this[Symbol.asyncDispose]();
  }

  #next(change: () => Promise<boolean>): Promise<boolean> {
    if (this.#telling.getStore()) {
      const why =
        'Cannot change the configuration: a listener that is just being told of a change cannot wait for the next.';
      return Promise.reject(new PortsideError('USAGE', why, { hint: 'Change it after the listener has returned.' }));
    }
    const done = this.#change.then(change, change);
    this.#change = done.catch(() => undefined);
    return done;
  }

  async #reloadQuietly(): Promise<void> {
    try {
      if (await this.reload()) this.#log('info', 'Configuration changed', { files: this.#options.files });
    } catch (error) {
      this.#log('error', 'Configuration not changed: the new one cannot be used', { err: error });
      this.#options.onError?.(error);
    }
  }

  async #apply(next: Config): Promise<boolean> {
    const before = this.#current;
    if (isDeepStrictEqual(next, before)) return false;
    const told: ConfigListener<Config>[] = [];
    this.#current = next;
    try {
      for (const listener of [...this.#listeners]) {
        told.unshift(listener);
        await this.#tell(listener, next, before);
      }
      return true;
    } catch (cause) {
      this.#current = before;
      throw refused(cause, await this.#takeBack(told, before, next));
    }
  }

  /** The last one that was told comes first. Gives what went wrong. */
  async #takeBack(told: readonly ConfigListener<Config>[], before: Config, next: Config): Promise<readonly unknown[]> {
    const failures: unknown[] = [];
    for (const listener of told) {
      await this.#tell(listener, before, next).catch((error: unknown) => failures.push(error));
    }
    return failures;
  }

  async #tell(listener: ConfigListener<Config>, next: Config, before: Config): Promise<void> {
    await this.#telling.run(true, async () => listener(next, before));
  }
}

function refused(cause: unknown, failures: readonly unknown[]): PortsideError {
  const also = failures.length === 0 ? '' : ` Taking it back failed too: ${failures.map(messageOf).join('; ')}.`;
  return new PortsideError(
    'CONFIG_INVALID',
    `Cannot change the configuration: a part of the program refused it: ${messageOf(cause)}.${also}`,
    { hint: 'The former configuration holds. Correct the new one.', cause },
  );
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
