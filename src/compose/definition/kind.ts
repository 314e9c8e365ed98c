import type { PortDefinition, ServiceKind } from '../../model/index.js';
import type { ComposeService } from '../project/model.js';

// The last part of an image's name, without tag: `bitnami/postgresql:16` is "postgresql".
const images: readonly (readonly [kind: ServiceKind, pattern: RegExp])[] = [
  ['postgres', /^(postgres(ql)?[0-9.]*|postgres(ql)?-(ha|repmgr)|postgis|pgvector|timescaledb(-ha)?|citus|paradedb)$/],
  ['redis', /^(redis[0-9.]*|redis-stack(-server)?|redismod|valkey(-bundle)?|keydb|dragonfly|garnet)$/],
];

const kindOfPort: ReadonlyMap<number, ServiceKind> = new Map<number, ServiceKind>([
  [5432, 'postgres'],
  [6379, 'redis'],
  ...[
    80, 3000, 3001, 4000, 4200, 5000, 5001, 5173, 8000, 8001, 8008, 8080, 8081, 8082, 8083, 8088, 8090, 8888, 9090,
  ].map((port): [number, ServiceKind] => [port, 'http']),
]);

/**
 * Infers what a service is to a test, where no label says it: from its image, the application protocol of its first
 * port, a health check over HTTP, or the number of that port.
 */
export function inferKind(service: ComposeService, ports: readonly PortDefinition[]): ServiceKind {
  const name = imageName(service.image);
  const byImage = images.find(([, pattern]) => pattern.test(name))?.[0];
  if (byImage !== undefined) return byImage;
  const first = ports.find((port) => port.protocol === 'tcp');
  if (first === undefined) return ports.length === 0 ? 'worker' : 'tcp';
  if (/^https?$|^http2$/.test(first.appProtocol ?? '')) return 'http';
  const check = service.healthcheck?.test?.join(' ') ?? '';
  if (/\bhttp:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])/.test(check)) return 'http';
  return kindOfPort.get(first.target) ?? 'tcp';
}

function imageName(image = ''): string {
  const last = image.split('@')[0]?.split('/').at(-1) ?? '';
  return last.split(':')[0]?.toLowerCase() ?? '';
}
