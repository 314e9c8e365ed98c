import { isIP } from 'node:net';
import { z } from 'zod';
import { isHealthUrl } from '../model/index.js';
import { type Announcement, announcementActions, type RejectionReason } from './announcement.js';

const hostname =
  /^(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*$/;
const unspecified = ['0.0.0.0', '::'];

const service = z.object({
  id: z.string().regex(/^[\x21-\x7e]{1,128}$/),
  name: z.string().regex(/^[A-Za-z0-9._-]{1,128}$/),
  host: z.string().refine((host) => (isIP(host) === 0 ? hostname.test(host) : !unspecified.includes(host))),
  port: z.int().min(1).max(65_535),
  protocol: z.string().regex(/^[A-Za-z][A-Za-z0-9+.-]{0,31}$/),
  version: z.string().max(64).optional(),
  metadata: z
    .record(z.string().min(1).max(64), z.string().max(1024))
    .refine((metadata) => Object.keys(metadata).length <= 32)
    .optional(),
  health_url: z.string().max(2048).refine(isHealthUrl).optional(),
});

const timestamp = z.iso.datetime().transform((text) => Date.parse(text));

const signedForm = z.object({
  version: z.literal('1.0'),
  type: z.literal('service_announcement'),
  action: z.enum(announcementActions),
  service,
  timestamp,
  ttl: z.int().min(1).max(86_400),
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
});

/** Without signatures the short form is taken too: no version, action, nonce or service id. */
const unsignedForm = signedForm.extend({
  version: signedForm.shape.version.default('1.0'),
  action: signedForm.shape.action.default('register'),
  service: service
    .extend({ id: service.shape.id.optional() })
    .transform((given) => ({ ...given, id: given.id ?? `${given.name}@${given.host}:${given.port}` })),
  nonce: signedForm.shape.nonce.optional(),
});

/** What came of reading a datagram: the announcement, or why there is none. */
export type Reading =
  | { readonly announcement: Announcement }
  | { readonly rejected: RejectionReason; readonly detail?: string };

/** Checks a parsed message against the format. */
export function readMessage(message: unknown, signed: boolean): Reading {
  const result = (signed ? signedForm : unsignedForm).safeParse(message);
  if (!result.success) {
    const [issue] = result.error.issues;
    const [field] = issue?.path ?? [];
    const reason = Object.keys(signedForm.shape).find((name) => name === field) as RejectionReason | undefined;
    return { rejected: reason ?? 'malformed', detail: `${issue?.path.join('.')}: ${issue?.message}` };
  }
  const { action, service: given, timestamp: madeAt, ttl, nonce } = result.data;
  const { id, name, host, port, protocol, version, metadata, health_url: healthUrl } = given;
  return {
    announcement: {
      action,
      service: {
        id,
        name,
        host,
        port,
        protocol,
        ...(version === undefined ? {} : { version }),
        ...(metadata === undefined ? {} : { metadata }),
        ...(healthUrl === undefined ? {} : { healthUrl }),
      },
      timestamp: madeAt,
      ttlSeconds: ttl,
      ...(nonce === undefined ? {} : { nonce }),
    },
  };
}
