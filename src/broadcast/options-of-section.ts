import type { AnnouncerOptions } from './announcer.js';
import type { BroadcastOptions } from './channel.js';
import type { ListenerOptions } from './listener.js';

/** What the section `broadcast` of a configuration says, durations in milliseconds. */
export interface BroadcastSettings {
  readonly multicastAddress?: string;
  readonly interface?: string;
  readonly ttl?: number;
  readonly announceInterval?: number;
  readonly allowedSources?: readonly string[];
  readonly hopLimit?: number;
}

/** Gives the options of announcers and listeners that the section stands for. */
export function optionsOfSection(
  settings: BroadcastSettings,
  common: Pick<BroadcastOptions, 'secret' | 'now' | 'telemetry'>,
): { readonly announcer: AnnouncerOptions; readonly listener: ListenerOptions } {
  const { multicastAddress, interface: address, ttl, announceInterval, allowedSources, hopLimit } = settings;
  const both = {
    ...common,
    ...(multicastAddress === undefined ? {} : { channels: [multicastAddress] }),
    ...(address === undefined ? {} : { interface: address }),
  };
  return {
    announcer: {
      ...both,
      ...(ttl === undefined ? {} : { ttlSeconds: Math.ceil(ttl / 1000) }),
      ...(announceInterval === undefined ? {} : { intervalMs: announceInterval }),
      ...(hopLimit === undefined ? {} : { hopLimit }),
    },
    listener: { ...both, ...(allowedSources === undefined ? {} : { allowedSources }) },
  };
}
