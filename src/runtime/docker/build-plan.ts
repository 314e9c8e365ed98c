import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { type BuildDefinition, type PlannedService, PortsideError } from '../../model/index.js';
import { type ContextEntry, hashContext, listContext } from './build-context.js';

/** Everything that decides a build. */
export interface BuildPlan {
  /** Name and tag of the result; the tag changes with every file and option that goes into it. */
  readonly tag: string;
  /** What is sent; absent for a context that the engine fetches itself. */
  readonly entries?: readonly ContextEntry[];
  /** Path of the Dockerfile within the context. */
  readonly dockerfile: string;
  /** The Dockerfile's text; empty when the engine fetches it. */
  readonly text: string;
}

const ownDockerfile = '.portside.dockerfile';

/**
 * Reads a service's build context and works out the tag of its result for a platform (`undefined`: the engine's); throws
 * IMAGE_BUILD_FAILED when something cannot be read.
 */
export async function planBuild(
  project: string,
  service: PlannedService,
  build: BuildDefinition,
  platform?: string,
): Promise<BuildPlan> {
  const repository = `portside-build/${project}-${service.name}`.toLowerCase().replace(/[^a-z0-9/_.-]/g, '-');
  const options = JSON.stringify({ ...build, context: undefined, tags: undefined, platforms: undefined, platform });
  if (isRemote(build.context)) {
    const hash = createHash('sha256').update(build.context).update(options).digest('hex');
    return { tag: `${repository}:${hash.slice(0, 16)}`, dockerfile: build.dockerfile ?? 'Dockerfile', text: '' };
  }
  try {
    const { entries, dockerfile, text } = await readContext(build);
    const hash = createHash('sha256')
      .update(await hashContext(entries))
      .update(dockerfile)
      .update(options)
      .digest('hex');
    return { tag: `${repository}:${hash.slice(0, 16)}`, entries, dockerfile, text };
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? `${path} does not exist` : message;
    throw new PortsideError('IMAGE_BUILD_FAILED', `Cannot build the image of the service '${service.name}': ${why}.`, {
      service: service.name,
      hint: 'Check `context` and `dockerfile` under `build`.',
      cause: error,
    });
  }
}

/** Tells whether a context is fetched by the engine: a Git repository or an archive. */
export function isRemote(context: string): boolean {
  return /^(https?|git|ssh):\/\/|^git@|^github\.com\//.test(context);
}

async function readContext(build: BuildDefinition): Promise<Required<Omit<BuildPlan, 'tag'>>> {
  const folder = build.context;
  const file = resolve(folder, build.dockerfile ?? 'Dockerfile');
  const inside = relative(folder, file).split(sep).join('/');
  const isInside = build.dockerfileInline === undefined && !inside.startsWith('../') && !isAbsolute(inside);
  const text = build.dockerfileInline ?? (await readFile(file, 'utf8'));
  const patterns =
    (await readIfThere(`${file}.dockerignore`)) ?? (await readIfThere(resolve(folder, '.dockerignore'))) ?? '';
  const entries = await listContext(folder, patterns, [isInside ? inside : '', '.dockerignore']);
  if (isInside) return { entries, dockerfile: inside, text };
  return {
    entries: [...entries, { path: ownDockerfile, type: 'file', mode: 0o644, content: text }],
    dockerfile: ownDockerfile,
    text,
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
