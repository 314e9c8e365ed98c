import type { EnvironmentPlan, PlannedService } from '../../model/index.js';
import type { Colors } from './colors.js';
import { shortPath } from './position.js';
import { renderTable } from './table.js';

/** Writes a plan for people: project and runtime, then a table in start order. */
export function planText({ definition, services }: EnvironmentPlan, cwd: string, colors: Colors): string {
  const { project, settings, files } = definition;
  const from = files.map((file) => shortPath(file, cwd)).join(', ');
  const rows = services.map((service) => [
    String(service.startOrder),
    service.name,
    service.definition.kind,
    origin(service, cwd),
    service.ports.map(({ target, protocol, policy }) => `${target}/${protocol} ${policy}`).join('\n') || 'none',
    service.dependsOn.map((dependency) => dependency.service).join(', '),
  ]);
  return [
    `${colors.bold(project)}, runtime ${settings.runtime}${from === '' ? '' : `, from ${from}`}`,
    '',
    renderTable(['START', 'SERVICE', 'KIND', 'MADE FROM', 'PORTS', 'WAITS FOR'], rows, colors),
  ].join('\n');
}

function origin({ definition }: PlannedService, cwd: string): string {
  if (definition.build !== undefined) return `build ${shortPath(definition.build.context, cwd)}`;
  if (definition.image !== undefined) return definition.image;
  return definition.embedded?.command.join(' ') ?? (definition.foreign === undefined ? '' : 'testcontainer');
}
