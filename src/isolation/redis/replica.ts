import { type PlannedService, PortsideError } from '../../model/index.js';

/**
 * Refuses a service whose command makes it a replica: one more server of it would follow the same primary, and nobody could write to
 * it. Errors: `LEASE_UNSUPPORTED`.
 */
export function requireNoReplica({ name, definition }: PlannedService): void {
  const { entrypoint = [], command = [], embedded } = definition;
  const words = [...entrypoint, ...command, ...(embedded?.command ?? [])].flatMap((word) => word.split(/\s+/));
  const replica = words.find((word, index) => {
    const ofNobody = /^no one$/i.test(words.slice(index + 1, index + 3).join(' '));
    return /^--(replicaof|slaveof)$/i.test(word) && !ofNobody;
  });
  if (replica === undefined) return;
  throw new PortsideError(
    'LEASE_UNSUPPORTED',
    `Cannot lease '${name}': it is a replica of another, as '${replica}' in its command says.`,
    { service: name, hint: "Share it by the label 'portside.isolation: none', and lease what it is a replica of." },
  );
}
