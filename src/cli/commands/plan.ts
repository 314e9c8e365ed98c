import { planEnvironment, resolveDefinition } from '../../environment/index.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { planDocument } from '../output/plan-document.js';
import { planText } from '../output/plan-text.js';
import { sourceOf } from '../source.js';

/** Shows what would be started, in which order and with which port policy; starts nothing and needs no engine. */
export async function plan({ context, options, output }: Invocation): Promise<number> {
  const planned = planEnvironment(await resolveDefinition(sourceOf(context, options)));
  for (const warning of planned.warnings) output.note(output.warningText(warning));
  output.result(planDocument(planned), () => planText(planned, context.cwd, output.out));
  return exitCodes.ok;
}
