import { formatDuration, type RuntimeName, type ServiceProgress, type Warning } from '../../model/index.js';

/** Tells on standard error, in a few lines, how the environment of a test run comes up. */
export interface Reporter {
  onAttached(info: { readonly started: boolean }): void;
  onProgress(progress: ServiceProgress): void;
  onWarning(warning: Warning): void;
  /** Says in one line that everything is there. */
  done(environment: { readonly project: string; readonly runtime: RuntimeName }, elapsedMs: number): void;
  /** Says what of it could not be removed at the end; the run's verdict is on the tests. */
  onLeft(error: unknown): void;
}

/**
 * Makes a reporter: a line for each service that became ready, for each warning, and one for the whole. A run that joins an
 * environment which was up already gets the last line only.
 */
export function createReporter(write: (line: string) => void): Reporter {
  const ready = new Set<string>();
  // Steps are heard before it is known whether this run started them.
  const early: string[] = [];
  let started: boolean | undefined;
  return {
    onAttached: (attached) => {
      started = attached.started;
      if (started) for (const line of early) write(line);
    },
    onProgress: ({ service, phase, detail, elapsedMs }) => {
      if ((phase !== 'ready' && phase !== 'completed') || ready.has(service)) return;
      ready.add(service);
      const line = `portside: ${service} ${phase} ${outcome(phase, detail, elapsedMs)}`;
      if (started === undefined) early.push(line);
      else if (started) write(line);
    },
    onWarning: ({ message, position }) => {
      const place = position === undefined ? '' : ` (${[position.file, position.line].filter(Boolean).join(':')})`;
      write(`portside: warning: ${message}${place}`);
    },
    done: ({ project, runtime }, elapsedMs) => {
      const count = `${ready.size} ${ready.size === 1 ? 'service' : 'services'}`;
      const how = started === true ? `ready in ${formatDuration(elapsedMs)}` : 'joined';
      write(`portside: environment '${project}' ${how} (${runtime}, ${count})`);
    },
    onLeft: (error) => {
      const { message, hint } = error as { readonly message: string; readonly hint?: string };
      write(`portside: warning: ${message}${hint === undefined ? '' : ` ${hint}`}`);
    },
  };
}

/** How long it took; of a service that is ready its own words for that, which count from its own start and not from everybody's. */
function outcome(phase: 'ready' | 'completed', detail: string | undefined, elapsedMs: number): string {
  const took = `in ${formatDuration(elapsedMs)}`;
  if (detail === undefined) return took;
  return phase === 'ready' ? detail : `${took} (${detail})`;
}
