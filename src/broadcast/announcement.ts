import type { EndpointBase } from '../model/index.js';

/** What an announcement says of its service: it came, changed, still lives, or leaves. */
export const announcementActions = ['register', 'update', 'heartbeat', 'deregister'] as const;
export type AnnouncementAction = (typeof announcementActions)[number];

/** The part of an endpoint that is announced. User names, passwords and URLs that hold them are not. */
export type AnnouncedService = Pick<EndpointBase, 'id' | 'name' | 'host' | 'port' | 'protocol'> &
  Partial<Pick<EndpointBase, 'version' | 'metadata' | 'healthUrl'>>;

/** One announcement, as it is read. */
export interface Announcement {
  readonly action: AnnouncementAction;
  readonly service: AnnouncedService;
  /** When it was made, in milliseconds since 1970. */
  readonly timestamp: number;
  /** For how long it holds, in seconds. */
  readonly ttlSeconds: number;
  /** Unique to the announcement; only unsigned ones may lack it. */
  readonly nonce?: string;
}

/** The largest datagram that is sent or read, in bytes. */
export const maxAnnouncementBytes = 4096;

/**
 * Why a datagram is not an announcement to be believed. `version`, `type`, `action`, `service`, `timestamp`, `ttl` and
 * `nonce` name the field that breaks the format.
 */
export const rejectionReasons = [
  'source',
  'oversized',
  'malformed',
  'unsigned',
  'forged',
  'version',
  'type',
  'action',
  'service',
  'timestamp',
  'ttl',
  'nonce',
  'expired',
  'stale',
  'early',
  'replayed',
] as const;
export type RejectionReason = (typeof rejectionReasons)[number];
