import { abandonedEnvironments } from '../../agent/index.js';
import { inspectMachine, type MachineCheck } from '../../environment/index.js';
import type { CliContext } from '../context.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { doctorText } from '../output/doctor-text.js';
import { sourceOf } from '../source.js';

/** Checks what this machine can run and says what to do; exit code 1 when no runtime can work. */
export async function doctor({ context, options, output }: Invocation): Promise<number> {
  const source = sourceOf(context, options);
  const { checks, usable } = await inspectMachine({ source, nodeVersion: process.version });
  const all = [...checks, checkLeftovers(context)];
  output.result({ usable, checks: all }, () => doctorText(all, usable, output.out));
  return usable ? exitCodes.ok : exitCodes.failed;
}

function checkLeftovers(context: CliContext): MachineCheck {
  const name = 'leftovers';
  const count = abandonedEnvironments(context).length;
  if (count === 0) return { name, status: 'ok', message: 'none' };
  const message = `${count} killed ${count === 1 ? 'agent has' : 'agents have'} left things behind`;
  return { name, status: 'warn', message, hint: 'Remove them: portside sweep.' };
}
