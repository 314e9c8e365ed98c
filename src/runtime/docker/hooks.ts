import { PortsideError } from '../../model/index.js';
import type { DockerContext } from './context.js';
import { execIn } from './exec.js';
import type { ContainerRecord } from './records.js';

/** Runs a service's `post_start` or `pre_stop` commands inside its container, in order; throws SERVICE_START_FAILED when one fails. */
export async function runHooks(
  context: DockerContext,
  record: ContainerRecord,
  point: 'postStart' | 'preStop',
  signal: AbortSignal,
): Promise<void> {
  const { name, definition } = record.service;
  for (const hook of definition.container[point] ?? []) {
    const { exitCode, output } = await execIn(context.engine.client, record.id, hook, signal);
    if (exitCode === 0) continue;
    const key = point === 'postStart' ? 'post_start' : 'pre_stop';
    throw new PortsideError(
      'SERVICE_START_FAILED',
      `Cannot run the ${key} command of the service '${name}': \`${hook.command.join(' ')}\` ended with exit code ${exitCode}.`,
      {
        service: name,
        hint: `Correct the command in ${key}, or drop it.`,
        logs: output.split('\n').filter(Boolean).slice(-20),
      },
    );
  }
}
