import { randomBytes } from 'node:crypto';

/** Makes the name of one start of an environment: 8 characters `[0-9a-z]`, unique among all that run. */
export function newInstance(): string {
  return BigInt(`0x${randomBytes(8).toString('hex')}`)
    .toString(36)
    .padStart(8, '0')
    .slice(-8);
}
