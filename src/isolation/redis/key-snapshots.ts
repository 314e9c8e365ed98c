import { unknownSnapshot } from '../unknown-snapshot.js';
import { refused } from './failure.js';
import { type RedisSession, refusalIn } from './session.js';

/** A key with its value as `DUMP` gives it and what is left of its time, in milliseconds; 0 for ever. */
type KeptKey = readonly [key: Buffer, ttlMs: number, value: Buffer];

const batch = 500;

/** Keeps the keys of one logical database under names. */
export class KeySnapshots {
  readonly #service: string;
  readonly #session: RedisSession;
  readonly #number: number;
  readonly #kept = new Map<string, readonly KeptKey[]>();

  constructor(service: string, session: RedisSession, number: number) {
    this.#service = service;
    this.#session = session;
    this.#number = number;
  }

  /** Keeps all keys under the name, in the place of what it stood for. */
  async take(name: string, signal: AbortSignal): Promise<void> {
    const attempt = `keep the keys of '${this.#service}'`;
    const keys = new Map<string, KeptKey>();
    let cursor = '0';
    do {
      const [next, found] = await this.#scan(attempt, cursor, signal);
      const commands = found.flatMap((key) => [
        ['DUMP', key],
        ['PTTL', key],
      ]);
      const replies = await this.#run(attempt, commands, signal);
      for (const [index, key] of found.entries()) {
        const [value, ttl] = [replies[2 * index], replies[2 * index + 1]];
        // A key may have run out of time since it was found.
        if (Buffer.isBuffer(value)) keys.set(key.toString('latin1'), [key, Math.max(0, Number(ttl)), value]);
      }
      cursor = next;
    } while (cursor !== '0');
    this.#kept.set(name, [...keys.values()]);
  }

  /** Throws `LEASE_FAILED` when nothing is kept under the name. */
  require(name: string): readonly KeptKey[] {
    const keys = this.#kept.get(name);
    if (keys !== undefined) return keys;
    throw unknownSnapshot(this.#service, name, [...this.#kept.keys()]);
  }

  /** Puts the kept keys into the database, which is empty. */
  async restore(name: string, signal: AbortSignal): Promise<void> {
    const keys = this.require(name);
    const attempt = `restore the lease of '${this.#service}'`;
    for (let start = 0; start < keys.length; start += batch) {
      const some = keys.slice(start, start + batch);
      const commands = some.map(([key, ttl, value]) => ['RESTORE', key, ttl, value, 'REPLACE']);
      await this.#run(attempt, commands, signal);
    }
  }

  async #scan(attempt: string, cursor: string, signal: AbortSignal): Promise<[string, Buffer[]]> {
    const [reply] = await this.#run(attempt, [['SCAN', cursor, 'COUNT', batch]], signal);
    const [next, keys] = reply as unknown as [Buffer, Buffer[]];
    return [next.toString(), keys];
  }

  /** Runs the commands in the database, and gives their answers. */
  async #run(attempt: string, commands: readonly (string | number | Buffer)[][], signal: AbortSignal) {
    const replies = await this.#session.run(attempt, [['SELECT', this.#number], ...commands], signal);
    const refusal = refusalIn(replies);
    if (refusal !== undefined) throw refused(this.#service, attempt, refusal);
    return replies.slice(1);
  }
}
