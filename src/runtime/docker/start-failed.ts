import { type PlannedService, PortsideError } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { engineAnswer, engineFailed, engineHint, isPortConflict } from './engine-error.js';
import { readLogs } from './logs.js';
import type { ContainerRecord } from './records.js';

const hints: readonly (readonly [RegExp, string])[] = [
  [
    /executable file not found|no such file or directory: unknown|exec: ".*": (stat|permission)/i,
    'Check `command` and `entrypoint`: the program must exist in the image and be executable.',
  ],
  [/no command specified/i, 'Give the service a `command`; the image has none.'],
  [
    /bind source path does not exist|invalid mount config/i,
    'Check the host path of the volume; relative paths begin at the project folder.',
  ],
  [/mounts denied|not shared from the host/i, 'Share that folder in the settings of Docker Desktop.'],
  [
    /exec format error|no matching manifest|does not match the (specified|detected) .*platform/i,
    'The image is built for another processor: set `platform`, or use another image.',
  ],
  [/range of cpus/i, 'Lower `cpus` (or deploy.resources.limits.cpus): the machine has fewer.'],
  [/minimum memory limit/i, 'Raise `mem_limit`.'],
  [
    /rootfs is marked read-only/i,
    'A read-only container takes secrets and configs only from an engine on this machine.',
  ],
];

/**
 * Makes the error of a container that did not start: PORT_UNAVAILABLE, ENGINE_UNREACHABLE or SERVICE_START_FAILED with the
 * engine's answer and the last log lines; the reason of the signal when that aborted the start.
 */
export async function startFailed(
  context: DockerContext,
  failed: Pick<ContainerRecord, 'service'> & Partial<ContainerRecord>,
  error: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  if (signal?.aborted) return signal.reason;
  if (PortsideError.is(error)) return error;
  const service = failed.service.name;
  const answer = engineAnswer(error);
  if (isPortConflict(error)) return portUnavailable(failed.service, answer, error);
  const gone = engineFailed(`start the service '${service}'`, error, { service });
  if (gone.code === 'ENGINE_UNREACHABLE') return gone;
  const hint =
    hints.find(([pattern]) => pattern.test(answer))?.[1] ??
    engineHint(answer) ??
    `That is the answer of the engine: look for what it names at '${service}' in the Compose file; \`portside doctor\` looks at the engine.`;
  return new PortsideError('SERVICE_START_FAILED', `Cannot start the service '${service}': ${answer}.`, {
    service,
    cause: error,
    logs: await lastLines(context, failed),
    hint,
  });
}

function portUnavailable({ name }: PlannedService, answer: string, cause: unknown): PortsideError {
  return new PortsideError(
    'PORT_UNAVAILABLE',
    `Cannot start the service '${name}': its host port is taken, again and again (${answer}).`,
    {
      service: name,
      hint: 'Something on the host takes ports faster than the engine hands them out; stop it, or widen net.ipv4.ip_local_port_range.',
      cause,
    },
  );
}

async function lastLines(context: DockerContext, failed: Partial<ContainerRecord>): Promise<readonly string[]> {
  const record = failed.id === undefined ? undefined : context.records.get(failed.id);
  if (record === undefined) return [];
  const lines: string[] = [];
  try {
    for await (const { text } of readLogs(context.engine.client, context.records, record, { tail: 20 }))
      lines.push(text);
  } catch {
    // A container that never ran has no log; its start error says enough.
  }
  return lines;
}
