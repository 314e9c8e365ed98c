import type { Endpoint } from '../model/index.js';

/** Tells whether two endpoints say the same, but for when they were heard of. */
export function sameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return content(one) === content(other);
}

function content({ lastHeartbeat: _, registeredAt: __, ...rest }: Endpoint): string {
  return JSON.stringify(rest);
}
