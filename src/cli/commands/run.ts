import type { EnvironmentHandle } from '../../agent/index.js';
import { planEnvironment, resolveDefinition } from '../../environment/index.js';
import { type Endpoint, type LeaseScope, type PortsideError, unlessAborted } from '../../model/index.js';
import { runChild } from '../child.js';
import type { RunOptions } from '../declarations.js';
import { type EnvTemplate, fillEnvTemplate, parseEnvTemplate } from '../env-template.js';
import type { Invocation } from '../invocation.js';
import { notRunnable } from '../not-runnable.js';
import { openForCommand } from '../open.js';
import { sourceOf } from '../source.js';

/**
 * Runs a command with every address in its environment variables, those of a fork of its own unless they are to be the shared
 * services', passes its exit code on, and ends the session with it.
 */
export async function run(invocation: Invocation<RunOptions>): Promise<number> {
  const { context, args, options, output } = invocation;
  const [command = '', ...rest] = args;
  const templates = await unlessAborted(envTemplates(invocation), context.interrupts.signal);
  const refused = notRunnable(command, context.cwd, context.environment);
  if (refused !== undefined) {
    output.failure(refused.error);
    return refused.code;
  }
  let scope: LeaseScope = 'file';
  const environment = await openForCommand(invocation, {
    client: `run: ${args.join(' ')}`,
    onScope: (given) => {
      scope = given;
    },
  });
  try {
    environment.onLost((lost) => output.failureBeside(lost));
    const fork = options.shared === true ? undefined : await environment.fork({ signal: context.interrupts.signal });
    const { code, error } = await runChild({
      command,
      args: rest,
      cwd: context.cwd,
      environment: {
        ...context.environment,
        ...environment.variables(fork),
        ...invitation(environment, context.cwd, scope),
        ...filled(templates, environment.endpoints(fork)),
      },
      interrupts: context.interrupts,
      terminal: [process.stdin, context.stdout, context.stderr].some((stream) => stream.isTTY === true),
    });
    if (error !== undefined) output.failure(error);
    return code;
  } finally {
    // What the command said stands, also where something of its environment is left.
    await environment.close().catch((error: PortsideError) => output.failureBeside(error));
  }
}

/** What test runners inside the command need to join its environment. */
function invitation({ socket }: EnvironmentHandle, root: string, scope: LeaseScope): Record<string, string> {
  if (socket === null) return {};
  return { PORTSIDE_SOCKET: socket, PORTSIDE_RUN: socket, PORTSIDE_ROOT: root, PORTSIDE_SCOPE: scope };
}

/** Reads the templates against the plan, so that a slip of the pen is told before anything starts. */
async function envTemplates({ context, options }: Invocation<RunOptions>): Promise<readonly EnvTemplate[]> {
  if (options.env === undefined) return [];
  const { services } = planEnvironment(await resolveDefinition(sourceOf(context, options)));
  const known = services.map(({ name, definition: { kind, foreign }, ports }) => ({
    name,
    kind,
    // A module of Testcontainers decides itself.
    ...(foreign === undefined ? { ports: ports.map(({ target }) => target) } : {}),
  }));
  return options.env.map((text) => parseEnvTemplate(text, known));
}

function filled(templates: readonly EnvTemplate[], endpoints: readonly Endpoint[]): Record<string, string> {
  return Object.fromEntries(templates.map((template) => [template.name, fillEnvTemplate(template, endpoints)]));
}
