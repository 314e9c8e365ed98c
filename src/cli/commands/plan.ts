import { planEnvironment } from '../../agent/index.js';
import type { EnvironmentPlan, PlannedService } from '../../model/index.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import type { Colors } from '../output/colors.js';
import { shortPath } from '../output/position.js';
import { renderTable } from '../output/table.js';
import { planDocument } from '../plan-document.js';
import { sourceOf } from '../source.js';

/** Shows what would be started, in which order and with which port policy; starts nothing and needs no engine. */
export async function plan({ context, options, output }: Invocation): Promise<number> {
  const planned = await planEnvironment(sourceOf(context, options));
  if (!output.json) for (const warning of planned.warnings) output.note(output.warningText(warning));
  output.result(planDocument(planned), () => planText(planned, context.cwd, output.out));
  return exitCodes.ok;
}

/** Writes a plan for people: project and runtime, then a table in start order. */
export function planText({ definition, services }: EnvironmentPlan, cwd: string, colors: Colors): string {
  const { project, settings, files } = definition;
  const from = files.map((file) => shortPath(file, cwd)).join(', ');
  const rows = services.map((service) => [
    String(service.startOrder),
    service.name,
    service.definition.kind,
    made(service, cwd),
    service.ports.map(({ target, protocol, policy }) => `${target}/${protocol} ${policy}`).join('\n') || 'none',
    service.dependsOn.map((dependency) => dependency.service).join(', '),
  ]);
  return [
    `${colors.bold(project)}, runtime ${settings.runtime}${from === '' ? '' : `, from ${from}`}`,
    '',
    renderTable(['START', 'SERVICE', 'KIND', 'MADE FROM', 'PORTS', 'WAITS FOR'], rows, colors),
  ].join('\n');
}

function made({ definition }: PlannedService, cwd: string): string {
  if (definition.build !== undefined) return `build ${shortPath(definition.build.context, cwd)}`;
  if (definition.image !== undefined) return definition.image;
  return definition.embedded?.command.join(' ') ?? (definition.foreign === undefined ? '' : 'testcontainer');
}
