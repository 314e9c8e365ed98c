export { AnnouncedServices, type AnnouncedServicesOptions } from './announced-services.js';
export type { AnnouncedService, Announcement, AnnouncementAction, RejectionReason } from './announcement.js';
export { Announcer, type AnnouncerCounts, type AnnouncerOptions } from './announcer.js';
export type { BroadcastOptions } from './channel.js';
export { type Heard, Listener, type ListenerCounts, type ListenerOptions, type Rejection } from './listener.js';
export { type BroadcastSettings, optionsOfSection } from './options-of-section.js';
export type { BroadcastSecret } from './signature.js';
