import type Docker from 'dockerode';
import { type BuildDefinition, type PlannedService, PortsideError } from '../../model/index.js';
import { pullPrivateBases } from './build-bases.js';
import { packContext } from './build-context.js';
import { withBuildLock } from './build-lock.js';
import type { BuildOutput } from './build-output.js';
import { type BuildPlan, isRemote, planBuild } from './build-plan.js';
import type { DockerContext } from './context.js';
import { engineAnswer, engineFailed, engineStatus } from './engine-error.js';
import { label } from './labels.js';
import { platformOf } from './platform.js';
import { proxyVariables } from './proxies.js';

/** What a build asks for over a connection of its own to the client, which portside does not keep. */
const needsSession = ['ssh', 'secrets', 'additional_contexts'];

/**
 * Builds a service's image unless one of the same content is there already, once across all processes of this user, and gives
 * its name. Throws IMAGE_BUILD_FAILED with the last lines of the build.
 */
export async function buildImage(
  context: DockerContext,
  service: PlannedService,
  build: BuildDefinition,
  output: BuildOutput,
  signal: AbortSignal,
): Promise<string> {
  refuseSessions(service, build);
  const platform = platformOf(service.definition, context.environment);
  const plan = await planBuild(context.definition.project, service, build, platform);
  const rebuild = service.definition.pullPolicy === 'build';
  if (!rebuild && (await isThere(context, plan.tag))) return plan.tag;
  context.onProgress(service.name, 'building');
  await withBuildLock(context.stateFolder, plan.tag, context.owner.process, signal, async () => {
    // Another process may have built it while this one waited.
    if (!rebuild && (await isThere(context, plan.tag))) return;
    await pullPrivateBases(context, service, plan.text, signal);
    await run(context, service, build, plan, output, signal);
  });
  return plan.tag;
}

async function run(
  context: DockerContext,
  service: PlannedService,
  build: BuildDefinition,
  plan: BuildPlan,
  output: BuildOutput,
  signal: AbortSignal,
): Promise<void> {
  const attempt = async (builder: '1' | '2') => {
    try {
      const stream = await context.engine.client.buildImage(bodyOf(plan), {
        ...requestOf(context, service, build, plan),
        version: builder,
        abortSignal: signal,
      });
      await output.read(stream);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw failed(service, error, output.lastLines());
    }
  };
  try {
    await attempt('2');
  } catch (error) {
    // An engine without BuildKit has the classic builder.
    if (
      !/buildkit.*not (supported|enabled)|invalid builder version|unsupported builder/i.test((error as Error).message)
    )
      throw error;
    await attempt('1');
  }
}

/** What is sent: nothing when the engine fetches the context itself, which the client library's types leave out. */
function bodyOf({ entries }: BuildPlan): NodeJS.ReadableStream {
  return (entries === undefined ? undefined : packContext(entries)) as unknown as NodeJS.ReadableStream;
}

function requestOf(
  context: DockerContext,
  service: PlannedService,
  build: BuildDefinition,
  plan: BuildPlan,
): Docker.ImageBuildOptions {
  const platform = platformOf(service.definition, context.environment);
  return {
    t: plan.tag,
    dockerfile: plan.dockerfile,
    buildargs: { ...proxyVariables(context.engine.address.url, context.environment), ...build.args },
    labels: { ...build.labels, [label.build]: `${context.definition.project}-${service.name}` },
    rm: true,
    forcerm: true,
    ...(isRemote(build.context) ? { remote: build.context } : {}),
    ...(build.target === undefined ? {} : { target: build.target }),
    ...(build.network === undefined ? {} : { networkmode: build.network }),
    ...(build.extraHosts === undefined
      ? {}
      : // The engine takes one entry or several, the types only one.
        { extrahosts: build.extraHosts as unknown as string }),
    ...(build.shmSizeBytes === undefined ? {} : { shmsize: build.shmSizeBytes }),
    ...(build.cacheFrom === undefined ? {} : { cachefrom: JSON.stringify(build.cacheFrom) }),
    ...(build.noCache ? { nocache: true } : {}),
    ...(build.pull ? { pull: true } : {}),
    ...(platform === undefined ? {} : { platform }),
  };
}

function refuseSessions(service: PlannedService, build: BuildDefinition): void {
  const keys = (build.buildkitOnly ?? []).filter((key) => needsSession.includes(key));
  if (keys.length === 0) return;
  throw new PortsideError(
    'IMAGE_BUILD_FAILED',
    `Cannot build the image of the service '${service.name}': over the Engine API alone a build gets no ${keys.join(', ')}.`,
    {
      service: service.name,
      hint: `Build it beforehand (\`docker compose build ${service.name}\`) and name the result in \`image\`, or drop ${keys.join(', ')}.`,
    },
  );
}

async function isThere(context: DockerContext, tag: string): Promise<boolean> {
  try {
    await context.engine.client.getImage(tag).inspect();
    return true;
  } catch (error) {
    if (engineStatus(error) === 404) return false;
    throw engineFailed(`look up the image '${tag}'`, error);
  }
}

/** The error of a build that somebody waited for longer than they may. */
export function buildTooLate({ name }: PlannedService, logs: readonly string[]): PortsideError {
  return new PortsideError(
    'IMAGE_BUILD_FAILED',
    `Cannot build the image of the service '${name}': it was not done in time.`,
    {
      service: name,
      hint: 'The last lines of the build say where it was. A longer wait is set with --start-timeout or startTimeout.',
      logs,
    },
  );
}

function failed({ name }: PlannedService, error: unknown, logs: readonly string[]): PortsideError {
  const gone = engineFailed(`build the image of the service '${name}'`, error, { service: name });
  if (gone.code === 'ENGINE_UNREACHABLE') return gone;
  return new PortsideError(
    'IMAGE_BUILD_FAILED',
    `Cannot build the image of the service '${name}': ${engineAnswer(error)}.`,
    {
      service: name,
      hint: 'Correct the Dockerfile or its context; the last lines of the build say where.',
      logs,
      cause: error,
    },
  );
}
