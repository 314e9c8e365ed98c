import { sep } from 'node:path';
import { listEnvironments } from '../../agent/index.js';
import type { AllOptions } from '../declarations.js';
import { exitCodes } from '../exit-code.js';
import type { Invocation } from '../invocation.js';
import { environmentText } from '../output/environment-text.js';
import { projectEnvironments } from '../running.js';
import { namesEnvironment } from '../source.js';

/**
 * Lists running environments with their services and sessions: by default those of the working folder and of folders above
 * and below it, with `--all` every one of this user. In JSON the first one stands at the top, all in `environments`.
 */
export async function ps({ context, options, output }: Invocation<AllOptions>): Promise<number> {
  const environments = namesEnvironment(options)
    ? await projectEnvironments(context, options)
    : (await listEnvironments(context)).filter(
        (document) => options.all === true || isRelated(document.environment.directory, context.cwd),
      );
  const [first = { environment: null, services: [], leases: [], sessions: [] }] = environments;
  output.result({ ...first, environments }, () => {
    if (environments.length === 0) return options.all === true ? 'Nothing is running.' : 'Nothing is running here.';
    const show = { cwd: context.cwd, colors: output.out, now: context.now() };
    return environments.map((document) => environmentText(document, show)).join('\n\n');
  });
  return exitCodes.ok;
}

function isRelated(directory: string, cwd: string): boolean {
  return directory === cwd || directory.startsWith(withSeparator(cwd)) || cwd.startsWith(withSeparator(directory));
}

function withSeparator(path: string): string {
  return path.endsWith(sep) ? path : `${path}${sep}`;
}
