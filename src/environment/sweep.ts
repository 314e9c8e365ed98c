import type { SweepReport } from '../model/index.js';

/** What a sweep works on. */
export interface SweepOptions {
  readonly stateFolder: string;
  /** The host's environment variables: they say where the engine is. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Also what other machines and containers left, whose agents cannot be asked. Default false. */
  readonly all?: boolean;
}

/** Removes what killed agents left behind, in the engine (when one answers) and on this host. */
export async function sweepRuntimes(options: SweepOptions): Promise<SweepReport> {
  const [docker, embedded] = await Promise.all([
    import('../runtime/docker/index.js'),
    import('../runtime/embedded/index.js'),
  ]);
  const engine = await docker.findEngine(options.environment);
  const reports = await Promise.all([
    engine.ok ? docker.sweepDocker(options) : { removed: [], kept: 0 },
    embedded.sweepEmbedded(options),
  ]);
  return {
    removed: reports.flatMap((report) => report.removed),
    kept: reports.reduce((sum, report) => sum + report.kept, 0),
  };
}
