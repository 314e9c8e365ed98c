import { posix } from 'node:path';
import type { ComposeService } from '../project/model.js';
import { isServerProgram, shell } from './client-program.js';
import { keepsData } from './shared-data.js';

type Services = Readonly<Record<string, ComposeService>>;

/**
 * Tells whether a service on a database's image runs a shell script that fills another server, and ends, instead of its own
 * server. A script that starts the server in the end is told by what surrounds it: ports, a health check, a restart policy, the
 * server's data, others that wait until the service runs or name it as a host.
 */
export function runsScript(key: string, services: Services): boolean {
  const service = services[key];
  if (service === undefined || !startsScript(service)) return false;
  const { ports = [], expose = [], healthcheck, restart = 'no' } = service;
  if (ports.length > 0 || expose.length > 0 || !/^(no|on-failure.*)$/.test(restart)) return false;
  if (healthcheck?.test !== undefined || keepsData(service) || isNamed(key, services)) return false;
  const conditions = Object.values(services).flatMap(({ depends_on = {} }) => depends_on[key]?.condition ?? []);
  // Whoever forbids a restart means a program that ends, also where others only wait for its start.
  const harmless = service.restart === 'no' ? /completed|started/ : /completed/;
  return conditions.every((condition) => harmless.test(condition));
}

/** Whether a variable of another service holds its name as a host: alone, or in an address. */
function isNamed(key: string, services: Services): boolean {
  const others = Object.entries(services).filter(([other]) => other !== key);
  const values = others.flatMap(([, { environment = {} }]) => Object.values(environment));
  return values.some((value) => (value ?? '').split(/[@/,\s]/).some((part) => part.replace(/:\d+$/, '') === key));
}

function startsScript({ command = [], entrypoint = [] }: ComposeService): boolean {
  const words = [...entrypoint, ...command];
  const isInline = shell.test(words[0] ?? '') && words.some((word) => /^-\w*c$/.test(word));
  const all = words.flatMap((word) => word.split(/[\s;&|()]+/));
  if (all.some((word) => isServerProgram(posix.basename(word)) || word.startsWith('/opt/bitnami/'))) return false;
  const [program = '', ...rest] = isInline ? all.filter((word) => word.endsWith('.sh')) : words;
  const script = shell.test(program) ? rest.find((word) => !/^[-+]/.test(word)) : program;
  return script?.endsWith('.sh') === true;
}
