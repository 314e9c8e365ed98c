import type { DockerContext } from './context.js';
import { engineFailed } from './engine-error.js';
import { eraseContainer } from './erase.js';
import { removeGrantsOf } from './grant-files.js';
import { runHooks } from './hooks.js';
import type { ContainerRecord } from './records.js';
import { exitInfo } from './state.js';

/** A container that takes longer to stop of itself is killed: a test run does not wait for a production's minutes. */
const longestGraceMs = 10_000;

/** Ends and removes a container with its anonymous volumes. Calls at the same time share one removal. */
export function removeContainer(context: DockerContext, record: ContainerRecord): Promise<void> {
  record.removing = true;
  record.removal ??= remove(context, record).finally(() => {
    delete record.removal;
  });
  return record.removal;
}

async function remove(context: DockerContext, record: ContainerRecord): Promise<void> {
  const { copy } = record.service;
  // Nobody wants anything of a copy any more: it is killed at once, whatever its service asks for.
  if (copy === undefined && record.running !== undefined && record.exit === undefined) {
    await endGracefully(context, record);
  }
  try {
    await eraseContainer(context.engine.client, record.id);
  } catch (error) {
    throw engineFailed(`remove the container '${record.name}'`, error, { service: record.service.name });
  }
  if (copy !== undefined) {
    const { stateFolder, owner } = context;
    await removeGrantsOf({ stateFolder, instance: owner.instance, container: record.name });
  }
  record.exit ??= exitInfo(137, false);
  context.records.delete(record);
}

/** Runs `pre_stop` commands, and gives the program its grace where the file names one; all others are killed at once. */
async function endGracefully(context: DockerContext, record: ContainerRecord): Promise<void> {
  const { container, stopGracePeriodMs } = record.service.definition;
  const hooks = container.preStop?.length ?? 0;
  if (hooks === 0 && !stopGracePeriodMs) return;
  // Whatever goes wrong here, the container is removed next.
  const signal = AbortSignal.timeout(longestGraceMs);
  if (hooks > 0) await runHooks(context, record, 'preStop', signal).catch(() => undefined);
  if (!stopGracePeriodMs) return;
  const t = Math.ceil(Math.min(stopGracePeriodMs, longestGraceMs) / 1000);
  await context.engine.client
    .getContainer(record.id)
    .stop({ t })
    .catch(() => undefined);
}
