import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, posix } from 'node:path';
import type { FileContent, ServiceDefinition } from '../../model/index.js';

/** The secrets and configs of an environment. */
export interface FileSources {
  readonly secrets: Readonly<Record<string, FileContent>>;
  readonly configs: Readonly<Record<string, FileContent>>;
}

/** Finds on the host what a container would see in its file system: bind mounts, secrets and configs. */
export class MountedFiles {
  readonly #sources: { readonly target: string; path(): string | undefined }[];

  /** `folder`: where the content of secrets and configs that are no files is written, when it is asked for. */
  constructor(service: ServiceDefinition, sources: FileSources, folder: string) {
    const binds = service.mounts.flatMap((mount) =>
      mount.type === 'bind' ? [{ target: normal(mount.target), path: () => mount.source }] : [],
    );
    const granted = (['secrets', 'configs'] as const).flatMap((type) =>
      service[type].map(({ source, target, content }) => ({
        target: normal(target),
        path: () =>
          pathOf(
            content === undefined ? sources[type][source] : { type: 'content', content },
            join(folder, type, basename(target)),
          ),
      })),
    );
    this.#sources = [...granted, ...binds].sort((a, b) => b.target.length - a.target.length);
  }

  /** Gives the host path that stands for an absolute path inside the container. */
  hostPath(inside: string): string | undefined {
    const wanted = normal(inside);
    for (const { target, path } of this.#sources) {
      if (wanted === target) return path();
      if (!wanted.startsWith(`${target}/`)) continue;
      const base = path();
      return base === undefined ? undefined : join(base, wanted.slice(target.length + 1));
    }
    return undefined;
  }

  /** Gives the host path when the text is a path inside the container that stands for one, else the text. */
  translate(text: string): string {
    return text.startsWith('/') ? (this.hostPath(text) ?? text) : text;
  }

  /** Gives the files directly in a folder of the container, by name in byte order. */
  filesIn(folder: string): { readonly name: string; readonly path: string }[] {
    const inside = normal(folder);
    const files = new Map<string, string>();
    for (const { target, path } of this.#sources.toReversed()) {
      const host = path();
      if (host === undefined || !existsSync(host)) continue;
      if (target === inside && statSync(host).isDirectory()) {
        for (const name of readdirSync(host)) files.set(name, join(host, name));
      } else if (posix.dirname(target) === inside) {
        files.set(posix.basename(target), host);
      }
    }
    return [...files]
      .filter(([, path]) => statSync(path).isFile())
      .map(([name, path]) => ({ name, path }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

function pathOf(content: FileContent | undefined, path: string): string | undefined {
  if (content?.type === 'file') return content.path;
  if (content?.type !== 'content') return undefined;
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(path, content.content, { mode: 0o600 });
  return path;
}

function normal(path: string): string {
  const clean = posix.normalize(path);
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean;
}
