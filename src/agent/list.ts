import { setTimeout as sleep } from 'node:timers/promises';
import { stateFolder } from '../config/state-folder.js';
import type { EnvironmentSource } from '../environment/index.js';
import { type EnvironmentDocument, livenessOf, packageVersion } from '../model/index.js';
import { attachEnvironment } from './attach.js';
import { call } from './connection.js';
import type { EnvironmentHandle } from './handle.js';
import { agentPaths } from './paths.js';
import { type AgentRecord, readRecords } from './record.js';

/** How long an agent may take to answer a question about itself, in milliseconds. */
const answerMs = 2000;

/** Gives the document of every environment of this user whose agent answers. */
export async function listEnvironments({
  environment,
}: Pick<EnvironmentSource, 'environment'>): Promise<readonly EnvironmentDocument[]> {
  const folder = stateFolder(environment);
  const documents = await Promise.all(
    readRecords(folder).map(({ key }) =>
      Promise.race([
        call<EnvironmentDocument>(agentPaths(folder, key).socket, 'GET', '/v1/environment').catch(() => undefined),
        sleep(answerMs, undefined, { ref: false }),
      ]),
    ),
  );
  return documents.filter((document) => document !== undefined);
}

/** Joins the running environment with this key; `undefined` when its agent does not answer. */
export function joinEnvironment(
  key: string,
  client: string,
  { environment }: Pick<EnvironmentSource, 'environment'>,
): Promise<EnvironmentHandle | undefined> {
  const { socket } = agentPaths(stateFolder(environment), key);
  return attachEnvironment({ socket, client }).catch(() => undefined);
}

/** Gives the records of agents that were killed: what they left is removed by the next start, or by `sweep`. */
export function abandonedEnvironments({ environment }: Pick<EnvironmentSource, 'environment'>): readonly AgentRecord[] {
  return readRecords(stateFolder(environment)).filter((record) => livenessOf(record.process) === 'dead');
}

/**
 * Joins the environment of this source if it runs; `undefined` otherwise. A source whose runtime is not settled is looked for on
 * both. Errors: those of reading the files.
 */
export async function findEnvironment(
  source: EnvironmentSource,
  client: string,
): Promise<EnvironmentHandle | undefined> {
  const { environmentKey, resolveDefinition } = await import('../environment/index.js');
  const definition = await resolveDefinition(source);
  const { runtime } = definition.settings;
  for (const candidate of runtime === 'auto' ? (['docker', 'embedded'] as const) : [runtime]) {
    const key = environmentKey(definition, candidate, packageVersion());
    const handle = await joinEnvironment(key, client, source);
    if (handle !== undefined) return handle;
  }
  return undefined;
}
