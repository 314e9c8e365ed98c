import { createLogUpdate } from 'log-update';
import { formatDuration, type ServiceProgress } from '../../model/index.js';
import type { Colors } from './colors.js';
import { isSettled, phaseText } from './phase-text.js';
import type { ProgressView, ProgressViewOptions } from './progress.js';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 80;

/** Makes the view for terminals: a block with one line for each service, redrawn in place. */
export function liveProgress({ stream, colors }: ProgressViewOptions): ProgressView {
  const log = createLogUpdate(stream as NodeJS.WriteStream);
  const newest = new Map<string, ServiceProgress>();
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const draw = (): void => {
    if (newest.size > 0) log(renderBlock([...newest.values()], frames[frame % frames.length] ?? '', colors));
  };
  return {
    update(progress) {
      if (ended) return;
      newest.set(progress.service, progress);
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
export function renderBlock(steps: readonly ServiceProgress[], spinner: string, colors: Colors): string {
  const width = Math.max(...steps.map((step) => step.service.length));
  const settled = steps.filter(isSettled).length;
  const elapsed = Math.max(...steps.map((step) => step.elapsedMs));
  return [
    ...steps.map((step) => `${mark(step, spinner, colors)} ${step.service.padEnd(width)}  ${colored(step, colors)}`),
    colors.dim(`${settled} of ${steps.length} done, ${formatDuration(elapsed)}`),
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
