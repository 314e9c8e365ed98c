import type { KeyObject } from 'node:crypto';
import { PortsideError } from '../model/index.js';
import { type Announcement, maxAnnouncementBytes } from './announcement.js';
import { canonicalJson } from './canonical.js';
import { type Reading, readMessage } from './schema.js';
import { isSignatureOf, sign } from './signature.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Writes an announcement as a datagram, signed when there is a key. An announcement that a listener would refuse for its form
 * throws `BROADCAST_INVALID`.
 */
export function encodeAnnouncement(announcement: Announcement, key: KeyObject | undefined): Buffer {
  const { action, service, timestamp, ttlSeconds, nonce } = announcement;
  const { id, name, host, port, protocol, version, metadata, healthUrl } = service;
  const message = {
    version: '1.0',
    type: 'service_announcement',
    action,
    service: { id, name, host, port, protocol, version, metadata, health_url: healthUrl },
    timestamp: new Date(timestamp).toISOString(),
    ttl: ttlSeconds,
    nonce,
  };
  const checked = readMessage(message, key !== undefined);
  if ('rejected' in checked) throw invalid(service.name, `${checked.detail ?? checked.rejected}.`);
  const text = canonicalJson(message);
  const datagram = Buffer.from(
    key === undefined ? text : `${text.slice(0, -1)},"signature":${JSON.stringify(sign(text, key))}}`,
  );
  if (datagram.length > maxAnnouncementBytes) {
    throw invalid(
      service.name,
      `it may have ${maxAnnouncementBytes} bytes. Current value has ${datagram.length}.`,
      'Announce less metadata.',
    );
  }
  return datagram;
}

/** Reads a datagram: size, UTF-8, JSON, then the signature when there is a key, then the format. Never throws. */
export function decodeAnnouncement(datagram: Uint8Array, key: KeyObject | undefined): Reading {
  if (datagram.length > maxAnnouncementBytes) return { rejected: 'oversized', detail: `${datagram.length} bytes` };
  let message: unknown;
  let signature: unknown;
  let text: string;
  try {
    const parsed: unknown = JSON.parse(utf8.decode(datagram));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return { rejected: 'malformed' };
    ({ signature, ...message } = parsed as Record<string, unknown>);
    text = canonicalJson(message);
  } catch (error) {
    return { rejected: 'malformed', detail: String(error) };
  }
  if (key !== undefined) {
    if (signature === undefined) return { rejected: 'unsigned' };
    if (typeof signature !== 'string' || !isSignatureOf(text, signature, key)) return { rejected: 'forged' };
  }
  return readMessage(message, key !== undefined);
}

function invalid(name: string, why: string, hint?: string): PortsideError {
  return new PortsideError('BROADCAST_INVALID', `Cannot announce '${name}': ${why}`, {
    service: name,
    ...(hint === undefined ? {} : { hint }),
  });
}
