import { type Endpoint, PortsideError } from '../model/index.js';
import { endpointOf, readRegistration } from '../registry/index.js';

/** Ports of the protocols whose addresses may leave them out. */
const standardPorts: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  postgres: 5432,
  postgresql: 5432,
  redis: 6379,
};

/** Makes an endpoint from an address such as `postgresql://user:password@host:5432/db` or `host:80`. Throws `CONFIG_INVALID`. */
export function endpointFromText(id: string, name: string, text: string, now: number): Endpoint {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `tcp://${text}`;
  if (URL.canParse(whole)) {
    const url = new URL(whole);
    const protocol = url.protocol.slice(0, -1);
    const port = url.port === '' ? standardPorts[protocol] : Number(url.port);
    const part = (key: string, value: string): object => (value === '' ? {} : { [key]: decodeURIComponent(value) });
    if (port !== undefined && url.hostname !== '') {
      const registration = {
        name,
        host: url.hostname.replace(/^\[|\]$/g, ''),
        port,
        protocol,
        ...part('user', url.username),
        ...part('password', url.password),
        ...part('database', url.pathname.slice(1)),
      };
      return endpointOf(id, readRegistration(registration), { now });
    }
  }
  throw new PortsideError(
    'CONFIG_INVALID',
    `Cannot use the address of '${name}': it must have a host and a port. Current value is '${text.replace(/:[^:@/]*@/, ':[hidden]@')}'.`,
    { hint: 'Write it like redis://127.0.0.1:6379 or 127.0.0.1:8080.', service: name },
  );
}
