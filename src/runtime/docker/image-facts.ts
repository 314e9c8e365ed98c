import type Docker from 'dockerode';

/** What portside wants to know of an image. */
export interface ImageFacts {
  /** How the container names it. */
  readonly reference: string;
  readonly entrypoint: readonly string[];
  /** Whether the image brings a health check. */
  readonly hasHealthcheck: boolean;
  /** Version of the program inside, where the image says it. */
  readonly version?: string;
}

/** Reads the facts from what the engine says about an image. */
export function imageFacts(reference: string, info: Docker.ImageInspectInfo): ImageFacts {
  const entrypoint = info.Config?.Entrypoint ?? [];
  const version = versionOf(reference, info);
  const [test] = info.Config?.Healthcheck?.Test ?? [];
  return {
    reference,
    hasHealthcheck: test !== undefined && test !== 'NONE',
    entrypoint: typeof entrypoint === 'string' ? [entrypoint] : entrypoint,
    ...(version === undefined ? {} : { version }),
  };
}

/**
 * The variables of the official images, else a tag that begins with a digit. The label `org.opencontainers.image.version` is no
 * help: images inherit it from their base, and then it is the version of a distribution.
 */
function versionOf(reference: string, info: Docker.ImageInspectInfo): string | undefined {
  for (const name of ['PG_VERSION', 'REDIS_VERSION', 'VALKEY_VERSION', 'MYSQL_VERSION', 'MONGO_VERSION']) {
    const entry = info.Config?.Env?.find((line) => line.startsWith(`${name}=`));
    if (entry !== undefined) return number(entry.slice(name.length + 1));
  }
  return number(/:v?(\d[^:/@]*)(@|$)/.exec(reference)?.[1] ?? '');
}

function number(text: string): string | undefined {
  return /\d+(\.\d+)*/.exec(text)?.[0];
}
