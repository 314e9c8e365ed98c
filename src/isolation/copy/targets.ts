import type { Target } from './target.js';

/** Names by which a container means the host, whose ports are those that the Compose file publishes. */
const hostNames = /^(host\.docker\.internal|gateway\.docker\.internal|host\.containers\.internal)$/i;

/** A target that a text names, with the port inside that it names, if any. */
export interface Named {
  readonly target: Target;
  readonly port: number | undefined;
}

/** The targets of one copy, found by what a text calls them. */
export class Targets {
  readonly all: readonly Target[];
  /** What is to stand in the files of these paths, which variables name in the place of a password, user or database. */
  readonly files = new Map<string, string>();
  /** Paths beside those of granted files, whose own content is another's, by the path of the granted file. */
  readonly beside = new Map<string, string[]>();
  #granted: ReadonlySet<string> = new Set();
  readonly #byName = new Map<string, Target>();
  #found = new Set<Target>();

  constructor(all: readonly Target[]) {
    this.all = all;
    // A service's own name comes before the aliases of another.
    for (const target of all) this.#byName.set(target.service.toLowerCase(), target);
    for (const target of all) {
      for (const name of target.names) {
        if (!this.#byName.has(name.toLowerCase())) this.#byName.set(name.toLowerCase(), target);
      }
    }
  }

  /** Tells of the paths of the secrets and configs that the copy is given, which can have another content for it. */
  grant(paths: readonly string[]): void {
    this.#granted = new Set(paths);
  }

  /** Says what is to stand in a file, and gives its path: a new one where the file has another's login already. */
  putInFile(path: string, content: string): string {
    const beside = this.beside.get(path) ?? [];
    const same = [path, ...beside].find((one) => (this.files.get(one) ?? content) === content);
    if (same === undefined && !this.#granted.has(path)) return path;
    const own = same ?? this.#pathBeside(path);
    if (same === undefined) this.beside.set(path, [...beside, own]);
    this.files.set(own, content);
    return own;
  }

  /** Finds what a host name, with a port where one is named, stands for. */
  find(host: string, port?: number): Named | undefined {
    const target = this.#byName.get(host.toLowerCase());
    if (target !== undefined) return this.#note(target, port);
    if (port === undefined || !hostNames.test(host)) return undefined;
    const owner = this.all.find(({ published }) => published.has(port));
    return owner === undefined ? undefined : this.#note(owner, owner.published.get(port));
  }

  /** Gives the targets that are found while the work is done, with its result. */
  during<Value>(work: () => Value): readonly [Value, readonly Target[]] {
    const before = this.#found;
    this.#found = new Set();
    const value = work();
    const found = [...this.#found];
    this.#found = new Set([...before, ...found]);
    return [value, found];
  }

  #pathBeside(path: string): string {
    let number = 2;
    while (this.files.has(`${path}-${number}`) || this.#granted.has(`${path}-${number}`)) number += 1;
    return `${path}-${number}`;
  }

  #note(target: Target, port: number | undefined): Named {
    this.#found.add(target);
    return { target, port };
  }
}
