import type { ServicePhase, ServiceProgress } from '../../model/index.js';
import { phaseText } from './phase-text.js';
import type { ProgressView, ProgressViewOptions } from './progress.js';

/**
 * Makes the view for files and pipes: one line for each phase that a service enters, details of a phase left out. That it
 * waits for its turn is no news.
 */
export function plainProgress({ stream, colors }: Omit<ProgressViewOptions, 'now'>): ProgressView {
  const phases = new Map<string, ServicePhase>();
  let ended = false;
  return {
    update(progress: ServiceProgress) {
      if (ended || phases.get(progress.service) === progress.phase) return;
      phases.set(progress.service, progress.phase);
      if (progress.phase === 'waiting') return;
      stream.write(`${colors.bold(progress.service)} ${phaseText(withoutPassingDetail(progress))}\n`);
    },
    note(text) {
      stream.write(`${text}\n`);
    },
    end() {
      ended = true;
    },
  };
}

/** Drops details that only say how far a phase has come: the line is printed once, at its beginning. */
function withoutPassingDetail(progress: ServiceProgress): ServiceProgress {
  if (progress.phase !== 'pulling' && progress.phase !== 'building' && progress.phase !== 'probing') return progress;
  const { detail: _, ...rest } = progress;
  return rest;
}
