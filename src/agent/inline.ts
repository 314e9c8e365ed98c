import { shardName, stateFolder } from '../config/index.js';
import { Replica } from '../discovery/in-environment.js';
import {
  type ChosenRuntime,
  createRuntime,
  Environment,
  environmentKey,
  withCredentials,
} from '../environment/index.js';
import { type EnvironmentPlan, environmentDocument, identifyProcess, packageVersion } from '../model/index.js';
import { type Carrier, EnvironmentHandle } from './handle.js';
import { newInstance } from './instance.js';
import type { OpenRequest } from './open.js';

/** Runs the environment inside this process, for debugging (D2); it ends when the handle closes, or with the process. */
export async function openInline(
  { source, client = 'inline', onProgress }: OpenRequest,
  bare: EnvironmentPlan,
  { name: runtime, engine }: ChosenRuntime,
): Promise<{ handle: EnvironmentHandle; started: boolean }> {
  const plan = withCredentials(bare);
  const { project, directory } = plan.definition;
  const shard = shardName(source.environment);
  const key = environmentKey(bare.definition, runtime, packageVersion());
  const info = { key, project, directory, runtime, agentPid: null, warnings: plan.warnings };
  const environment = new Environment({ info, plan, now: Date.now, environment: source.environment });
  const replica = new Replica(Date.now);
  environment.subscribe((frame) => {
    replica.apply(frame);
    if (frame.type === 'progress') onProgress?.(frame.progress);
  });
  replica.apply(environment.snapshot());
  for (const step of environment.progress) onProgress?.(step);
  const created = await createRuntime(runtime, {
    plan,
    owner: { key, instance: newInstance(), process: identifyProcess(), ...(shard === undefined ? {} : { shard }) },
    stateFolder: stateFolder(source.environment),
    environment: source.environment,
    ...(engine === undefined ? {} : { foundEngine: engine }),
    ...(plan.definition.settings.snapshots === false ? {} : { snapshots: { mode: 'use', now: Date.now } }),
    onProgress: (service, phase, detail) => environment.report(service, phase, detail),
  });
  // Whoever waits for readiness hears of a failure through the replica.
  environment.start(created).catch(() => undefined);
  const session = { id: 'inline', client, pid: process.pid, since: Date.now(), detached: false };
  const document = async () =>
    environmentDocument(
      info,
      environment.state,
      environment.registry.list(),
      environment.progress,
      [session],
      environment.leaseDocuments,
    );
  const stop = () => environment.stop();
  const carrier: Carrier = {
    socket: null,
    document,
    stop,
    close: stop,
    unref: () => undefined,
    logs: environment.logs.bind(environment),
    lease: async (request, signal = new AbortController().signal) =>
      (await environment.leases()).lease({ ...request, session: session.id }, { client, pid: process.pid }, signal),
    release: async (id) => (await environment.leases()).release(id),
    reset: async (id) => (await environment.leases()).reset(id),
    snapshot: async (id, name) => (await environment.leases()).snapshot(id, name),
    restore: async (id, name) => (await environment.leases()).restore(id, name),
  };
  return { handle: new EnvironmentHandle(replica, carrier, info), started: true };
}
