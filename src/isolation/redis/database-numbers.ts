import { type PlannedService, PortsideError } from '../../model/index.js';
import { refused } from './failure.js';
import { namedNumbers } from './named-numbers.js';
import { type RedisSession, refusalIn } from './session.js';

/** So many logical databases a server has unless it is told otherwise. */
const usualCount = 16;

/**
 * The logical databases that can be leased: all but 0, which is the service's own, and those that URLs of the environment's services
 * name. Those that hold keys we did not put there belong to somebody else and are left alone.
 */
export class DatabaseNumbers {
  /** How many can be leased at a time. */
  readonly capacity: number;
  readonly #service: string;
  /** Were leased before and are free again: they come first, and of them the one that was given back longest ago. */
  readonly #givenBack: number[] = [];
  /** Were never leased: the low numbers, which programs use themselves, come last. */
  readonly #fresh: number[];
  readonly #dirty = new Set<number>();

  constructor(service: PlannedService, services: readonly PlannedService[]) {
    this.#service = service.name;
    const named = namedNumbers(service, services);
    const last = countIn(service.definition.command ?? []) - 1;
    const numbers = Array.from({ length: last }, (_, index) => last - index);
    this.#fresh = numbers.filter((number) => !named.has(number));
    this.capacity = this.#fresh.length;
  }

  /** Gives an empty database. Errors: `LEASE_FAILED` when none is left. */
  async take(session: RedisSession, signal: AbortSignal): Promise<number> {
    const attempt = `lease service '${this.#service}'`;
    const occupied: number[] = [];
    try {
      for (let number = this.#next(); number !== undefined; number = this.#next()) {
        occupied.push(number);
        const flush = this.#dirty.has(number) ? [['FLUSHDB']] : [];
        const replies = await session.run(attempt, [['SELECT', number], ...flush, ['DBSIZE']], signal);
        const refusal = refusalIn(replies);
        // A server that was told in its file to have fewer databases.
        if (refusal !== undefined && !/out of range/.test(refusal)) throw refused(this.#service, attempt, refusal);
        if (replies.at(-1) !== 0 || refusal !== undefined) continue;
        this.#dirty.delete(number);
        occupied.pop();
        return number;
      }
    } finally {
      this.#fresh.push(...occupied);
    }
    throw this.#usedUp(occupied.length);
  }

  /** Takes a database back; one that could not be emptied is emptied before it is given again. */
  giveBack(number: number, isEmpty: boolean): void {
    if (!isEmpty) this.#dirty.add(number);
    this.#givenBack.push(number);
  }

  #next(): number | undefined {
    return this.#givenBack.shift() ?? this.#fresh.shift();
  }

  #usedUp(occupied: number): PortsideError {
    const foreign = occupied === 0 ? '' : `, and ${occupied} hold keys of somebody else or do not exist`;
    return new PortsideError(
      'LEASE_FAILED',
      `Cannot lease service '${this.#service}': all its logical databases are in use${foreign}. Current value is ${this.capacity}.`,
      {
        service: this.#service,
        hint: "Raise '--databases' in the service's command, release leases earlier, or take isolation 'server'.",
      },
    );
  }
}

function countIn(command: readonly string[]): number {
  const words = command.flatMap((word) => word.split(/\s+/));
  const count = Number(words[words.indexOf('--databases') + 1]);
  return words.includes('--databases') && Number.isInteger(count) && count > 0 ? count : usualCount;
}
