import { sweep } from '../../agent/index.js';
import type { AllOptions } from '../declarations.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';

/** Removes what killed agents have left behind and lists it. */
export async function sweepLeftovers({ context, options, output }: Invocation<AllOptions>): Promise<number> {
  const report = await sweep({ environment: context.environment, all: options.all ?? false });
  output.result(report, () => {
    const removed = report.removed.map(({ type, name }) => `removed ${type} ${name}`);
    const kept = report.kept === 0 ? [] : [`kept ${report.kept} that belong to running agents or to other machines`];
    return [...(removed.length === 0 ? ['Nothing to remove.'] : removed), ...kept].join('\n');
  });
  return exitCodes.ok;
}
