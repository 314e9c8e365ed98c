import type { EventLog } from '../model/index.js';
import type { RejectionReason } from './announcement.js';

/** What was rejected, and where it came from. */
interface Rejected {
  readonly reason: RejectionReason;
  readonly source: string;
  readonly channel: string;
}

/** The least pause between two lines for the same reason, in milliseconds. */
const pauseMs = 60_000;

/** Logs rejections: each reason once a minute at most, with the number of those since the line before. */
export class RejectionLog {
  readonly #log: EventLog;
  readonly #now: () => number;
  readonly #lines = new Map<RejectionReason, { loggedAt: number; since: number }>();

  /** `now`: a clock in milliseconds that never goes back. */
  constructor(log: EventLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  add({ reason, source, channel }: Rejected): void {
    const line = this.#lines.get(reason) ?? { loggedAt: -pauseMs, since: 0 };
    this.#lines.set(reason, line);
    line.since++;
    if (this.#now() - line.loggedAt < pauseMs) return;
    this.#log('warn', 'Announcement rejected', { reason, source, channel, count: line.since });
    line.loggedAt = this.#now();
    line.since = 0;
  }
}
