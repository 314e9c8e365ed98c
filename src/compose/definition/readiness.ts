import type { ReadinessCondition } from '../../model/index.js';
import type { ServiceHints } from './extension.js';
import type { Report } from './report.js';

/**
 * Gives the ready conditions that hints ask for; `undefined` when they ask for none. `firstPort`: the service's first TCP port, where
 * an HTTP condition names none.
 */
export function readinessOf(
  service: string,
  hints: ServiceHints,
  firstPort: number | undefined,
  report: Report,
): readonly ReadinessCondition[] | undefined {
  const conditions: ReadinessCondition[] = hints.waitPorts.map((port) => ({ type: 'tcp', port }));
  if (hints.waitHttp !== undefined) conditions.push(...httpOf(service, hints.waitHttp, firstPort, report));
  if (hints.waitLog !== undefined) conditions.push({ type: 'log', ...hints.waitLog });
  return conditions.length === 0 ? undefined : conditions;
}

function httpOf(
  service: string,
  { text, path: place }: NonNullable<ServiceHints['waitHttp']>,
  firstPort: number | undefined,
  report: Report,
): ReadinessCondition[] {
  const refuse = (why: string, hint: string): ReadinessCondition[] => {
    const message = `Cannot use ${place.join('.')}: ${why}. Current value is ${JSON.stringify(text)}.`;
    report.fail('COMPOSE_INVALID', place, message, { service, hint });
    return [];
  };
  const parts = /^(?:http(s)?:\/\/[^/:]*)?(?::?(\d+))?(\/.*)?$/.exec(text);
  if (text === '' || parts === null) {
    return refuse(
      'it must be a path, a port with a path, or a URL',
      'Examples: /health, 8080/health, http://localhost:8080/health.',
    );
  }
  const [, tls, named, path = '/'] = parts;
  const port = named === undefined ? firstPort : Number(named);
  if (port === undefined) {
    return refuse(
      'it names no port, and the service has none',
      `Name the port that the program listens on, for example 8080${path}, or list it under ports or expose.`,
    );
  }
  if (port < 1 || port > 65_535) return refuse('its port must be 1 to 65535', `For example 8080${path}.`);
  return [{ type: 'http', port, path, maxStatus: 399, ...(tls === undefined ? {} : { tls: true }) }];
}
