import { type PlannedService, PortsideError } from '../model/index.js';

/** Says that a service is waited for until it is healthy although nothing can say so. */
export function noHealthCheck({ name, definition }: PlannedService): PortsideError {
  const { image, position } = definition;
  return new PortsideError(
    'COMPOSE_INVALID',
    `Cannot wait until service '${name}' is healthy: it has no health check${image === undefined ? '' : `, neither of its own nor in its image '${image}'`}.`,
    {
      hint: "Give it a 'healthcheck', or let its dependents wait for 'condition: service_started'.",
      service: name,
      ...(position === undefined ? {} : { position }),
    },
  );
}
