import type { CliContext } from '../context.js';
import type { Output } from './output.js';
import { plainProgress } from './plain-progress.js';
import { type ProgressView, silentProgress } from './progress.js';

/** Chooses how progress is shown on standard error: live on a terminal, as lines elsewhere, not at all with `--quiet`. */
export async function progressView(context: CliContext, output: Output): Promise<ProgressView> {
  if (output.quiet) return silentProgress;
  const options = { stream: context.stderr, colors: output.err, now: context.now };
  const { isTTY, columns = 0 } = context.stderr;
  if (isTTY !== true || columns === 0 || context.environment['TERM'] === 'dumb') return plainProgress(options);
  const { liveProgress } = await import('./live-progress.js');
  return liveProgress(options);
}
