import { createLogUpdate } from 'log-update';
import { formatDuration, type ServiceProgress } from '../../model/index.js';
import type { Colors } from './colors.js';
import { isSettled, phaseText } from './phase-text.js';
import type { ProgressView, ProgressViewOptions } from './progress.js';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 80;

/** Makes the view for terminals: a block with one line for each service, redrawn in place. */
export function liveProgress({ stream, colors, now }: ProgressViewOptions): ProgressView {
  const log = createLogUpdate(stream as NodeJS.WriteStream);
  const newest = new Map<string, ServiceProgress>();
  let frame = 0;
  let elapsed = { ms: 0, at: now() };
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const draw = (): void => {
    const spinner = frames[frame % frames.length] ?? '';
    const elapsedMs = elapsed.ms + now() - elapsed.at;
    if (newest.size > 0) log(renderBlock([...newest.values()], { spinner, elapsedMs, colors }));
  };
  return {
    update(progress) {
      if (ended) return;
      newest.set(progress.service, progress);
      if (progress.elapsedMs >= elapsed.ms) elapsed = { ms: progress.elapsedMs, at: now() };
      timer ??= setInterval(() => {
        frame += 1;
        draw();
      }, frameMs).unref();
      draw();
    },
    note(text) {
      log.clear();
      stream.write(`${text}\n`);
      if (!ended) draw();
    },
    end() {
      if (ended) return;
      ended = true;
      clearInterval(timer);
      draw();
      log.done();
    },
  };
}

/** Draws the block: mark, service and phase of each service, in the order in which they first came. */
export function renderBlock(
  steps: readonly ServiceProgress[],
  { spinner, elapsedMs, colors }: { readonly spinner: string; readonly elapsedMs: number; readonly colors: Colors },
): string {
  const width = Math.max(...steps.map((step) => step.service.length));
  const settled = steps.filter(isSettled).length;
  return [
    ...steps.map((step) => `${mark(step, spinner, colors)} ${step.service.padEnd(width)}  ${colored(step, colors)}`),
    colors.dim(`${settled} of ${steps.length} done, ${formatDuration(elapsedMs)}`),
  ].join('\n');
}

function mark(step: ServiceProgress, spinner: string, colors: Colors): string {
  if (step.phase === 'failed') return colors.red('✗');
  if (step.phase === 'stopped') return colors.dim('■');
  if (step.phase === 'waiting') return colors.dim('·');
  return isSettled(step) ? colors.green('✓') : colors.cyan(spinner);
}

function colored(step: ServiceProgress, colors: Colors): string {
  const text = phaseText(step);
  if (step.phase === 'failed') return colors.red(text);
  return isSettled(step) && step.phase !== 'stopped' ? colors.green(text) : colors.dim(text);
}
