/** What a service is to a test: decides its ready probe, its endpoint's extra fields and its fixture. */
export type ServiceKind = 'postgres' | 'redis' | 'http' | 'tcp' | 'worker';

/** The kinds in the order of the documentation; `worker` is a service without any port. */
export const serviceKinds: readonly ServiceKind[] = ['postgres', 'redis', 'http', 'tcp', 'worker'];

/** The port that a kind's servers listen on where nothing says otherwise. */
export const defaultPorts: Readonly<Partial<Record<ServiceKind, number>>> = { postgres: 5432, redis: 6379 };
