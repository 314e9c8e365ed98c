import type { LogLine } from '../../model/index.js';
import type { LogsOptions } from '../declarations.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { logPrefixer } from '../output/log-prefix.js';
import { joinRunning } from '../running.js';
import { usageError } from '../usage-error.js';

/** Prints what the services of the running environment printed; with `--follow` goes on until Ctrl-C. */
export async function logs(invocation: Invocation<LogsOptions>): Promise<number> {
  const { context, options, args, output } = invocation;
  const { follow = false, tail } = options;
  if (follow && output.json) {
    throw usageError('--follow never ends, and --json prints one document.', 'Leave one of the two out.');
  }
  const [service] = args;
  const { signal } = context.interrupts;
  const purpose = service === undefined ? 'show logs' : `show the logs of '${service}'`;
  const environment = await joinRunning(invocation, { client: 'logs', purpose });
  try {
    const lines = environment.logs({
      follow,
      signal,
      ...(service === undefined ? {} : { service }),
      ...(tail === undefined ? {} : { tail }),
    });
    const prefix = logPrefixer(
      environment.progress().map((step) => step.service),
      output.out,
    );
    const collected: LogLine[] = [];
    for await (const line of lines) {
      if (output.json) collected.push(line);
      else context.stdout.write(`${prefix(line)}${line.text}\n`);
    }
    if (output.json) output.result({ logs: collected }, () => '');
    return signal.aborted ? context.interrupts.exitCode : exitCodes.ok;
  } finally {
    await environment.close();
  }
}
