import type { HealthcheckDefinition, PlannedPort, ReadinessCondition, ServiceDefinition } from '../model/index.js';
import { checkedUrl } from './checked-url.js';

/**
 * Derives what makes a service ready (D5): what the user said; else a probe from the host by protocol, which also stands for
 * the usual health checks (`pg_isready`, `redis-cli ping`, `curl URL`); else the service's own health check, run by us so that
 * its `interval` delays nobody. `awaited`: another service waits for it to be healthy.
 */
export function readinessOf(
  service: ServiceDefinition,
  ports: readonly PlannedPort[],
  awaited: boolean,
): readonly ReadinessCondition[] {
  if (service.readiness !== undefined) return service.readiness;
  const port = ports.find((candidate) => candidate.protocol === 'tcp')?.target;
  const check = commandOf(service.healthcheck);
  const { custom } = service;
  if (custom?.ready !== undefined && port !== undefined) {
    return [{ type: 'kind', port, kind: custom.name, ready: custom.ready }];
  }
  switch (service.kind) {
    case 'postgres':
    case 'redis': {
      if (port === undefined) return exec(check);
      return [{ type: service.kind, port }, ...(isProtocolCheck(check) ? [] : exec(check))];
    }
    case 'http': {
      const url = checkedUrl(check);
      if (url !== undefined && ports.some((candidate) => candidate.target === url.port)) {
        return [{ type: 'http', port: url.port, path: url.path, maxStatus: 399 }];
      }
      if (check !== undefined) return exec(check);
      return port === undefined ? [] : [{ type: 'http', port, path: '/', maxStatus: 499 }];
    }
    case 'tcp':
    case 'worker': {
      if (check !== undefined)
        return [...(isInitialised(port) ? [{ type: 'tcp', port } as const] : []), ...exec(check)];
      if (awaited) return [{ type: 'engine' }];
      return port === undefined ? [] : [{ type: 'tcp', port }];
    }
  }
}

function exec(command: readonly string[] | undefined): readonly ReadinessCondition[] {
  return command === undefined ? [] : [{ type: 'exec', command }];
}

/**
 * MySQL, MariaDB and MongoDB: the entry points of their images first run a server for the init scripts, which answers a check inside the
 * container, and nobody else (`--skip-networking`, `--bind_ip 127.0.0.1`). The engine does not meet it, as its first check comes late.
 */
function isInitialised(port: number | undefined): port is number {
  return port === 3306 || port === 27_017;
}

/** The health check as a command to run, a shell line as `sh -c`. */
function commandOf(check: HealthcheckDefinition | undefined): readonly string[] | undefined {
  const [form, ...words] = check?.test ?? [];
  if (form === 'CMD') return words;
  return form === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : undefined;
}

/** Whether the check only asks what our own probe asks; absent counts as that. */
function isProtocolCheck(command: readonly string[] | undefined): boolean {
  if (command === undefined) return true;
  const line = command.join(' ').replace(/\|\|\s*exit\s+\d+\s*$/, '');
  return !/[;&|]/.test(line) && /\b(pg_isready|(redis|valkey)-cli\b.*\bping)\b/i.test(line);
}
