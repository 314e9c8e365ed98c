import type { HealthcheckDefinition, PlannedPort, ReadinessCondition, ServiceDefinition } from '../model/index.js';

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
      const url = urlOf(check);
      if (url !== undefined && ports.some((candidate) => candidate.target === url.port)) {
        return [{ type: 'http', port: url.port, path: url.path, maxStatus: 399 }];
      }
      if (check !== undefined) return exec(check);
      return port === undefined ? [] : [{ type: 'http', port, path: '/', maxStatus: 499 }];
    }
    case 'tcp':
    case 'worker': {
      if (check !== undefined) return exec(check);
      if (awaited) return [{ type: 'engine' }];
      return port === undefined ? [] : [{ type: 'tcp', port }];
    }
  }
}

function exec(command: readonly string[] | undefined): readonly ReadinessCondition[] {
  return command === undefined ? [] : [{ type: 'exec', command }];
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

/** The port and path that a check with `curl`, `wget` or a program's `fetch` asks for on the service itself. */
function urlOf(command: readonly string[] | undefined): { port: number; path: string } | undefined {
  const match =
    /\b(?:curl|wget|fetch|https?\.get)\b.*?\bhttp:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?(\/[^\s"'|;&]*)?/.exec(
      command?.join(' ') ?? '',
    );
  return match === null ? undefined : { port: Number(match[1] ?? 80), path: match[2] ?? '/' };
}
