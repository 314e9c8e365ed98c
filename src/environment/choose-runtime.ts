import { type EnvironmentPlan, PortsideError, type RuntimeName } from '../model/index.js';
import type { FoundEngine, Runtime, RuntimeOptions } from '../runtime/index.js';

/** What runs a plan. */
export interface ChosenRuntime {
  readonly name: RuntimeName;
  /** The engine that answered; absent for `embedded`. */
  readonly engine?: FoundEngine;
}

/**
 * Settles which runtime runs the plan (D8): the one asked for; with `auto` Docker when an engine answers, else embedded when
 * every service has an embedded form. Errors: `ENGINE_UNREACHABLE`, `NO_RUNTIME`.
 */
export async function chooseRuntime(
  plan: EnvironmentPlan,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ChosenRuntime> {
  const { runtime } = plan.definition.settings;
  if (runtime === 'embedded') {
    await requireEmbedded(plan, environment, undefined);
    return { name: 'embedded' };
  }
  const { findEngine } = await import('../runtime/docker/index.js');
  const engine = await findEngine(environment);
  if (engine.ok) return { name: 'docker', engine };
  // An engine that was named and does not answer is an error, never a silent fall-through (D7).
  if (runtime === 'docker' || environment['DOCKER_HOST']) throw engine.error;
  await requireEmbedded(plan, environment, engine.error);
  return { name: 'embedded' };
}

/** Makes the runtime; its code is loaded only now. */
export async function createRuntime(name: RuntimeName, options: RuntimeOptions): Promise<Runtime> {
  if (name === 'docker') return (await import('../runtime/docker/index.js')).createDockerRuntime(options);
  return (await import('../runtime/embedded/index.js')).createEmbeddedRuntime(options);
}

/** What kept the engine from being reached, without the words that the error around it has already. */
function why({ message }: PortsideError): string {
  return message.replace(/^Cannot reach (a|the) Docker engine:? /, '').replace(/\.$/, '');
}

async function requireEmbedded(
  plan: EnvironmentPlan,
  environment: Readonly<Record<string, string | undefined>>,
  engineError: PortsideError | undefined,
): Promise<void> {
  const { embeddedForm } = await import('../runtime/embedded/index.js');
  const missing = plan.services.flatMap((service) => {
    const form = embeddedForm(service, environment, plan.definition.directory);
    return form.ok ? [] : [{ name: service.name, reason: form.reason, hint: form.hint }];
  });
  if (missing.length === 0) return;
  const services = missing.map(({ name, reason }) => `'${name}' (${reason})`).join(', ');
  const engine = engineError === undefined ? '' : `no Docker engine answers (${why(engineError)}), and `;
  throw new PortsideError(
    'NO_RUNTIME',
    `Cannot run the environment '${plan.definition.project}': ${engine}there is no embedded form of ${services}.`,
    {
      hint: [
        ...(engineError === undefined ? [] : ['Start a Docker engine']),
        ...new Set(missing.map(({ name, hint }) => `for '${name}': ${hint}`)),
      ].join('; or '),
      ...(engineError === undefined ? {} : { cause: engineError }),
    },
  );
}
