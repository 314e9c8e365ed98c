import type { BuildDefinition } from '../../model/index.js';
import type { Path } from '../problems.js';
import type { ComposeBuild } from '../project/model.js';
import { defined, set } from './omit.js';
import type { Report } from './report.js';

const buildkitOnly = [
  'additional_contexts',
  'cache_to',
  'entitlements',
  'no_cache_filter',
  'provenance',
  'sbom',
  'secrets',
  'ssh',
] as const;

const notCarriedOut = ['isolation', 'privileged', 'ulimits'] as const;

/** Gives how a service's image is built. */
export function buildOf(build: ComposeBuild, path: Path, report: Report): BuildDefinition {
  for (const key of notCarriedOut) if (build[key] !== undefined) report.notCarriedOut([...path, key]);
  const needed = buildkitOnly.filter((key) => build[key] !== undefined);
  return defined({
    context: build.context ?? '.',
    dockerfile: build.dockerfile,
    dockerfileInline: build.dockerfile_inline,
    args: set(build.args),
    target: build.target,
    labels: build.labels,
    extraHosts: build.extra_hosts?.map(hostEntry),
    network: build.network,
    noCache: build.no_cache,
    pull: build.pull,
    platforms: build.platforms,
    shmSizeBytes: build.shm_size === undefined ? undefined : Number(build.shm_size),
    tags: build.tags,
    cacheFrom: build.cache_from,
    buildkitOnly: needed.length === 0 ? undefined : needed,
  }) as BuildDefinition;
}

/** Turns `HOST=ADDRESS` into the engine's `HOST:ADDRESS`. */
export function hostEntry(entry: string): string {
  return entry.replace('=', ':');
}
