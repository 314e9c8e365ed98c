import type Docker from 'dockerode';

/** What portside wants to know of an image. */
export interface ImageFacts {
  /** How the container names it. */
  readonly reference: string;
  /** What the reference stood for when it was looked up: changes with every byte of the image. */
  readonly id: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The folders that it declares as volumes. */
  readonly volumes: readonly string[];
  /** Whom its program runs as; empty: root. */
  readonly user: string;
  /** Whether the image brings a health check. */
  readonly hasHealthcheck: boolean;
  /** Version of the program inside, where the image says it. */
  readonly version?: string;
}

/** Reads the facts from what the engine says about an image. */
export function imageFacts(reference: string, info: Docker.ImageInspectInfo): ImageFacts {
  const version = versionOf(reference, info);
  const [test] = info.Config?.Healthcheck?.Test ?? [];
  return {
    reference,
    id: info.Id,
    entrypoint: words(info.Config?.Entrypoint),
    command: words(info.Config?.Cmd),
    environment: Object.fromEntries((info.Config?.Env ?? []).map(pair)),
    volumes: Object.keys(info.Config?.Volumes ?? {}),
    user: info.Config?.User ?? '',
    hasHealthcheck: test !== undefined && test !== 'NONE',
    ...(version === undefined ? {} : { version }),
  };
}

function words(value: string | readonly string[] | null | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}

function pair(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
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
