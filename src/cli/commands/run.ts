import type { EnvironmentHandle } from '../../agent/index.js';
import { planEnvironment, resolveDefinition } from '../../environment/index.js';
import { runChild } from '../child.js';
import type { RunOptions } from '../declarations.js';
import { type EnvTemplate, fillEnvTemplate, parseEnvTemplate } from '../env-template.js';
import type { Invocation } from '../invocation.js';
import { openForCommand } from '../open.js';
import { sourceOf } from '../source.js';

/** Runs a command with every address in its environment variables, passes its exit code on, and ends the session with it. */
export async function run(invocation: Invocation<RunOptions>): Promise<number> {
  const { context, args, output } = invocation;
  const [command = '', ...rest] = args;
  const templates = await envTemplates(invocation);
  const environment = await openForCommand(invocation, { client: `run: ${args.join(' ')}` });
  try {
    environment.onLost((lost) => output.failureBeside(lost));
    const { code, error } = await runChild({
      command,
      args: rest,
      cwd: context.cwd,
      environment: { ...context.environment, ...environment.variables(), ...filled(templates, environment) },
      interrupts: context.interrupts,
      terminal: [process.stdin, context.stdout, context.stderr].some((stream) => stream.isTTY === true),
    });
    if (error !== undefined) output.failure(error);
    return code;
  } finally {
    await environment.close();
  }
}

/** Reads the templates against the plan, so that a slip of the pen is told before anything starts. */
async function envTemplates({ context, options }: Invocation<RunOptions>): Promise<readonly EnvTemplate[]> {
  if (options.env === undefined) return [];
  const { services } = planEnvironment(await resolveDefinition(sourceOf(context, options)));
  const known = services.map(({ name, definition }) => ({ name, kind: definition.kind }));
  return options.env.map((text) => parseEnvTemplate(text, known));
}

function filled(templates: readonly EnvTemplate[], environment: EnvironmentHandle): Record<string, string> {
  const endpoints = environment.endpoints();
  return Object.fromEntries(templates.map((template) => [template.name, fillEnvTemplate(template, endpoints)]));
}
