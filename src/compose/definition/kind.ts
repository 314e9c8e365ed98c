import type { KindDefinition, PortDefinition, ServiceKind } from '../../model/index.js';
import type { ComposeService } from '../project/model.js';
import { runsClient } from './client-program.js';
import { type KnownImage, knownImage } from './known-images.js';

/** What a service is to a test: its kind, and its ports with the one that it is found at first. */
export interface Inference {
  readonly kind: ServiceKind;
  readonly ports: readonly PortDefinition[];
}

const kindOfPort: ReadonlyMap<number, ServiceKind> = new Map<number, ServiceKind>([
  [5432, 'postgres'],
  [6379, 'redis'],
  ...[
    80, 3000, 3001, 4000, 4200, 5000, 5001, 5173, 8000, 8001, 8008, 8080, 8081, 8082, 8083, 8088, 8090, 8888, 9090,
  ].map((port): [number, ServiceKind] => [port, 'http']),
]);

/** Ports of debuggers (Node, Java, Go, Python): published beside the port that counts, and often before it. */
const debuggerPorts: ReadonlySet<number> = new Set([2345, 5005, 5678, 9222, 9229, 9230]);

/**
 * Infers what a service is to a test, where no label says it: from its image, the application protocol of a port, a health check
 * over HTTP, or the number of its first port. A database that publishes nothing gets the port of its image.
 * `custom`: the kind that `defineKind` has made and the service is of; `isScript`: whether it runs a script instead of its
 * image's server.
 */
export function inferKind(
  service: ComposeService,
  ports: readonly PortDefinition[],
  given: ServiceKind | undefined,
  custom: KindDefinition | undefined,
  isScript: boolean,
): Inference {
  if (custom !== undefined) {
    const all = ports.length === 0 ? [{ target: custom.port, protocol: 'tcp' } as const] : ports;
    return { kind: 'tcp', ports: mainFirst(all, custom.port) };
  }
  const known = knownImage(service.image);
  if (known !== undefined && (given === undefined || given === known.kind)) {
    if (given === undefined && isScript) return { kind: 'worker', ports };
    return ofImage(known, service, ports);
  }
  const main = mainPort(service, ports, given);
  const kind = given ?? main?.kind ?? (ports.length === 0 ? 'worker' : 'tcp');
  return { kind, ports: mainFirst(ports, main?.target) };
}

function ofImage(known: KnownImage, service: ComposeService, ports: readonly PortDefinition[]): Inference {
  if (ports.length > 0) {
    const http = known.kind === 'tcp' && httpPort(service, ports) === known.port;
    return { kind: http ? 'http' : known.kind, ports: mainFirst(ports, known.port) };
  }
  if (!known.always || service.network_mode !== undefined || runsClient(service)) return { kind: 'worker', ports };
  return { kind: known.kind, ports: [{ target: known.port, protocol: 'tcp' }] };
}

function mainPort(
  service: ComposeService,
  ports: readonly PortDefinition[],
  given: ServiceKind | undefined,
): { readonly target: number; readonly kind: ServiceKind } | undefined {
  if (given === 'tcp' || given === 'worker') return undefined;
  const open = ports.filter((port) => port.protocol === 'tcp' && !debuggerPorts.has(port.target));
  const http = given === undefined || given === 'http' ? httpPort(service, open) : undefined;
  if (http !== undefined) return { target: http, kind: 'http' };
  const kinds = open.map(({ target }) => ({ target, kind: kindOfPort.get(target) ?? ('tcp' as const) }));
  return kinds.find(({ kind }) => kind === given) ?? kinds[0];
}

/** The port that the file says speaks HTTP, by its protocol or by the health check. */
function httpPort(service: ComposeService, ports: readonly PortDefinition[]): number | undefined {
  const named = ports.find(({ appProtocol = '' }) => /^https?$|^http2$/.test(appProtocol));
  const checked = checkedPort(service);
  return (named ?? ports.find(({ target }) => target === checked))?.target;
}

/** The port that the health check asks over HTTP on the service itself. */
function checkedPort(service: ComposeService): number | undefined {
  const check = service.healthcheck?.test?.join(' ') ?? '';
  const match = /\bhttp:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?/.exec(check);
  return match === null ? undefined : Number(match[1] ?? 80);
}

function mainFirst(ports: readonly PortDefinition[], main: number | undefined): readonly PortDefinition[] {
  const isMain = ({ target, protocol }: PortDefinition): boolean => target === main && protocol === 'tcp';
  return [...ports.filter(isMain), ...ports.filter((port) => !isMain(port))];
}
