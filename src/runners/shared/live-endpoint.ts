import type { Endpoint } from '../../model/index.js';

/**
 * Gives an object with the endpoint's fields that always reads the newest ones: a service that was started again may have
 * another port. While the service is gone, the fields are those it last had.
 */
export function liveEndpoint<E extends Endpoint>(first: E, endpoints: () => readonly Endpoint[]): E {
  let last = first;
  const newest = (): E => {
    const replicas = endpoints().filter((endpoint) => endpoint.name === first.name && endpoint.kind === first.kind);
    const found =
      replicas.find((endpoint) => endpoint.id === first.id) ??
      replicas.find((endpoint) => endpoint.status === 'healthy') ??
      replicas[0];
    last = (found as E | undefined) ?? last;
    return last;
  };
  const live = {};
  for (const key of Object.keys(first) as (keyof E)[]) {
    Object.defineProperty(live, key, { enumerable: true, get: () => newest()[key] });
  }
  return live as E;
}
