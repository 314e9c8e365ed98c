import { formatDuration, type PlannedService, PortsideError } from '../model/index.js';
import type { ExitInfo, RunningService, Runtime } from '../runtime/index.js';
import type { Environment } from './environment.js';

const tail = 20;

/** The last lines that the service printed, captured before anything is removed (D5). */
async function lastLines(runtime: Runtime, running: RunningService): Promise<readonly string[]> {
  const lines: string[] = [];
  try {
    for await (const line of runtime.logs(running, { tail })) lines.push(line.text);
  } catch {
    // The log is an extra; the failure itself is what must be reported.
  }
  return lines.slice(-tail);
}

/** Says that a service's program ended while it was needed. */
export async function exitError(runtime: Runtime, running: RunningService, exit: ExitInfo): Promise<PortsideError> {
  const { name } = running.service;
  const how = exit.oomKilled
    ? 'it was killed because it ran out of memory'
    : exit.signal === undefined
      ? `its program ended with exit code ${exit.exitCode}`
      : `its program was ended by ${exit.signal}`;
  const logs = await lastLines(runtime, running);
  return new PortsideError('SERVICE_EXITED', `Cannot start service '${name}': ${how}.`, {
    hint: exit.oomKilled
      ? 'Raise its memory limit in the Compose file (deploy.resources.limits.memory or mem_limit).'
      : logs.length > 0
        ? 'Its last output stands below; mend its command, environment or image.'
        : 'It printed nothing; check its command, environment and image.',
    service: name,
    logs,
  });
}

/** Says that a service was not ready in time, with what the last probe saw. */
export async function unreadyError(
  runtime: Runtime,
  running: RunningService,
  condition: string,
  reason: string,
  waitedMs: number,
): Promise<PortsideError> {
  const { name } = running.service;
  const logs = await lastLines(runtime, running);
  const output = logs.length > 0 ? 'Look at its last output below' : 'It printed nothing';
  const ports = running.ports
    .map(({ target, protocol, host, port }) => `${target}/${protocol} at ${host}:${port}`)
    .join(', ');
  return new PortsideError(
    'SERVICE_NOT_READY',
    `Cannot start service '${name}': ${condition} was not met within ${formatDuration(waitedMs)}. Last answer: ${reason}.`,
    {
      hint: `Ports: ${ports || 'none'}. ${output}; a longer wait is set with --start-timeout or startTimeout.`,
      service: name,
      logs,
    },
  );
}

/** Says that the deadline of the whole start passed before the service had even been started. */
export function notReadyError(environment: Environment, service: PlannedService, limitMs: number): PortsideError {
  const step = environment.progress.find((progress) => progress.service === service.name);
  const doing = step === undefined ? 'waiting' : [step.phase, step.detail].filter(Boolean).join(' ');
  return new PortsideError(
    'SERVICE_NOT_READY',
    `Cannot start service '${service.name}' within ${formatDuration(limitMs)}. Current step is '${doing}'.`,
    { hint: 'A longer wait is set with --start-timeout or startTimeout.', service: service.name },
  );
}
