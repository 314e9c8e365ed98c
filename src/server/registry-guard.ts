import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { PortsideError, TokenBuckets } from '../model/index.js';
import type { Audit } from './audit.js';

/** How often one address may change something, or be refused. */
export interface RegistryRateLimit {
  readonly requests: number;
  /** Milliseconds in which so many are allowed. */
  readonly perMs: number;
}

/** What a guard is made with. */
export interface GuardOptions {
  readonly token: string;
  /** Default 1000 a second; look-ups with the token are not limited. */
  readonly rateLimit?: RegistryRateLimit | false;
  readonly audit: Audit;
}

/** The one route that answers without the token. */
const open = '/healthz';

/** The shortest token that is taken, in characters: 128 bits in base64. */
const minTokenLength = 22;

/**
 * Lets only requests with the bearer token through, whatever they ask for, and from each address only so many changes. Every refusal
 * goes to the audit log; of those beyond the rate limit, only how many there were.
 */
export function guardRegistry(server: FastifyInstance, { token, rateLimit, audit }: GuardOptions): void {
  if (token.length < minTokenLength) {
    throw new PortsideError(
      'CONFIG_INVALID',
      `Cannot serve the registry: its token needs at least ${minTokenLength} characters. Current value has ${token.length}.`,
      { hint: 'Use 32 random bytes in base64url, or give none and let portside make one.' },
    );
  }
  const { requests, perMs } = rateLimit || { requests: 1000, perMs: 1000 };
  const size = rateLimit === false ? Number.MAX_SAFE_INTEGER : requests;
  const buckets = new TokenBuckets({ size, perMs, now: () => performance.now() });
  const refusals = new TokenBuckets({ size: requests, perMs, now: () => performance.now() });
  const expected = digest(`Bearer ${token}`);
  let omitted = 0;

  server.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.url === open) return done();
    const { ip: source, method } = request;
    const authorized = timingSafeEqual(digest(request.headers.authorization ?? ''), expected);
    const waitMs = !authorized ? refusals.take(source) : method === 'GET' ? 0 : buckets.take(source);
    if (authorized && waitMs === 0) return done();
    const status = waitMs > 0 ? 429 : 401;
    if (authorized || waitMs === 0) {
      const path = request.url.split('?')[0]?.slice(0, 200) ?? '';
      audit({ action: 'refuse', source, method, path, status, ...(omitted === 0 ? {} : { omitted }) });
      omitted = 0;
    } else omitted++;
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    else reply.header('retry-after', Math.ceil(waitMs / 1000));
    return done(status === 401 ? unauthorized() : tooMany());
  });
}

/** Makes all texts equally long, so that comparing them takes the same time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function unauthorized(): PortsideError {
  return new PortsideError('REGISTRY_UNAUTHORIZED', 'Cannot use the registry: the request has not its bearer token.', {
    hint: 'Send the header "authorization: Bearer TOKEN"; the registry wrote the token beside its address.',
  });
}

function tooMany(): PortsideError {
  return new PortsideError('REGISTRY_RATE_LIMITED', 'Cannot use the registry: too many requests from this address.', {
    hint: 'Try again later.',
  });
}
