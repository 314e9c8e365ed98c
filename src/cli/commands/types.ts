import { join } from 'node:path';
import { resolveDefinition, typesFileName, writeTypesFile } from '../../environment/index.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { shortPath } from '../output/position.js';
import { sourceOf } from '../source.js';

/** Writes `portside-env.d.ts` for the services of the environment, and says whether it changed. */
export async function types({ context, options, output }: Invocation): Promise<number> {
  const { directory, services } = await resolveDefinition(sourceOf(context, options));
  const kinds = services.map(({ name, kind }) => ({ name, kind }));
  const changed = (await writeTypesFile(directory, kinds)) !== undefined;
  const file = join(directory, typesFileName);
  output.result({ file, changed }, () => `${shortPath(file, context.cwd)} ${changed ? 'written' : 'is up to date'}`);
  return exitCodes.ok;
}
