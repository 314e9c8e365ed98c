// Run as a process of its own: announces the services that its argument names, says bye at the end of its standard input.
import { type AnnouncedService, Announcer, type AnnouncerOptions } from '../../src/broadcast/index.js';

const { services, ...options } = JSON.parse(process.argv[2] ?? '') as Omit<AnnouncerOptions, 'now'> & {
  services: readonly AnnouncedService[];
};

const announcer = new Announcer({ now: Date.now, ...options });
for (const service of services) await announcer.announce('register', service);
process.stdin.resume().on('end', () => announcer.stop());
