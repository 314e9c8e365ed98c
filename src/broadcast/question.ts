import type { AnnouncedService } from './announcement.js';

/** The protocol by which a question is told from a service. */
const protocol = 'question';

/** Makes the service that a question is announced as: of the name that is asked for, with an address that nobody can use. */
export function question(name: string): AnnouncedService {
  return { id: `question/${name}`, name, host: '127.0.0.1', port: 1, protocol };
}

/** Tells a question from a service. */
export function isQuestion(service: AnnouncedService): boolean {
  return service.protocol === protocol;
}
