import type { ComposeProject } from '../../compose/index.js';
import { readSource } from '../../environment/index.js';
import { PortsideError } from '../../model/index.js';
import type { ConfigOptions } from '../declarations.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { type ComposeNames, composeNames, composeYaml } from '../output/compose-yaml.js';
import { sourceOf } from '../source.js';
import { usageError } from '../usage-error.js';

const lists = ['services', 'profiles', 'images', 'volumes'] as const satisfies readonly (keyof ComposeNames)[];

/**
 * Prints the Compose model in its canonical form: as a Compose file that loads again as the same model, with `--json` as
 * data. With `--services` and the like, only the names of those. Needs no engine.
 */
export async function config({ context, options, output }: Invocation<ConfigOptions>): Promise<number> {
  const [list, second] = lists.filter((name) => options[name] === true);
  if (second !== undefined) throw usageError(`--${list} and --${second} exclude each other.`, 'Give one of them.');
  const source = sourceOf(context, options);
  // A profile that is not switched on is known only with all of them.
  const all = list === 'profiles' ? { ...source, profiles: ['*'] } : source;
  const project = onlyProject((await readSource(all)).projects);
  for (const warning of project.warnings) output.note(output.warningText(warning));
  if (list === undefined) output.result(project.model, () => composeYaml(project));
  else {
    const names = composeNames(project.model)[list];
    output.result({ [list]: names }, () => names.join('\n'));
  }
  return exitCodes.ok;
}

function onlyProject(projects: readonly ComposeProject[]): ComposeProject {
  const [project] = projects;
  if (project === undefined) {
    throw new PortsideError(
      'COMPOSE_FILE_NOT_FOUND',
      'Cannot print a Compose model: the configuration file uses no Compose file.',
      { hint: 'Name a Compose file with --file, or see portside plan.' },
    );
  }
  if (projects.length > 1) {
    throw usageError(
      `the configuration file uses ${projects.length} Compose projects.`,
      `Name the files of one with --file: ${projects.map(({ files }) => files.join(', ')).join('; ')}.`,
    );
  }
  return project;
}
