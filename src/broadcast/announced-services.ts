import type { AnnouncedService, Announcement } from './announcement.js';

/** What the view is made with. */
export interface AnnouncedServicesOptions {
  /** Gives the time in milliseconds since 1970. */
  readonly now: () => number;
  /** How many services are kept at most; what comes when it is full is left out. Default 10,000. */
  readonly limit?: number;
}

interface Entry {
  readonly announcement: Announcement;
  readonly receivedAt: number;
}

/**
 * The services that announcements speak of, as of now. One that left, or whose time to live has passed since its last
 * announcement came, is never returned.
 */
export class AnnouncedServices {
  readonly #now: () => number;
  readonly #limit: number;
  readonly #byId = new Map<string, Entry>();

  constructor({ now, limit = 10_000 }: AnnouncedServicesOptions) {
    this.#now = now;
    this.#limit = limit;
  }

  /** How many entries are held, those not yet swept included. */
  get size(): number {
    return this.#byId.size;
  }

  /** Takes in an announcement; false when it is older than what is known, or when there is no more room. */
  apply(announcement: Announcement): boolean {
    const { id } = announcement.service;
    const known = this.#byId.get(id);
    if (known !== undefined && this.#holds(known) && known.announcement.timestamp > announcement.timestamp)
      return false;
    if (known === undefined && this.#byId.size >= this.#limit) {
      this.#sweep();
      if (this.#byId.size >= this.#limit) return false;
    }
    // A service that left stays known until its time is over, so that an overtaken heartbeat does not bring it back.
    this.#byId.set(id, { announcement, receivedAt: this.#now() });
    return true;
  }

  /** Gives every instance of this name. */
  lookup(name: string): readonly AnnouncedService[] {
    return this.list().filter((service) => service.name === name);
  }

  /** Gives the milliseconds for which a service still holds if nothing more is heard of it; 0 when it is not known. */
  holdsFor(id: string): number {
    const entry = this.#byId.get(id);
    if (entry === undefined || !this.#holds(entry)) return 0;
    return entry.announcement.ttlSeconds * 1000 - Math.abs(this.#now() - entry.receivedAt);
  }

  /** Gives every service. */
  list(): readonly AnnouncedService[] {
    return [...this.#byId.values()]
      .filter((entry) => entry.announcement.action !== 'deregister' && this.#holds(entry))
      .map((entry) => entry.announcement.service);
  }

  /** Tells whether the entry's time is not over; a clock that was set back by more than that time ends it too. */
  #holds({ announcement, receivedAt }: Entry): boolean {
    return Math.abs(this.#now() - receivedAt) < announcement.ttlSeconds * 1000;
  }

  #sweep(): void {
    for (const [id, entry] of this.#byId) if (!this.#holds(entry)) this.#byId.delete(id);
  }
}
