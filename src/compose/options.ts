import type { SourcePosition, Warning } from '../model/index.js';
import type { ComposeFileSystem } from './files/filesystem.js';
import type { Path } from './problems.js';
import type { ComposeModel } from './project/model.js';

/** What is loaded, and in which surroundings. */
export interface ComposeLoadOptions {
  /** `--file`, several allowed. Default: `COMPOSE_FILE`, else the standard names in `cwd` and the folders above it. */
  readonly files?: readonly string[];
  /** `--project-directory`. Default: the folder of the first file. */
  readonly projectDirectory?: string;
  /** `--project-name`. Default: `COMPOSE_PROJECT_NAME`, else the key `name`, else the project folder's name. */
  readonly projectName?: string;
  /** `--profile`; those of `COMPOSE_PROFILES` are added. `*` stands for all. */
  readonly profiles?: readonly string[];
  /** `--env-file`. Default: `COMPOSE_ENV_FILES`, else `.env` in the project folder. */
  readonly envFiles?: readonly string[];
  /** Absolute path that relative paths of these options start from. */
  readonly cwd: string;
  /** The environment of the host. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Default: the file system of this machine. */
  readonly fs?: ComposeFileSystem;
}

/** A Compose project, loaded. */
export interface ComposeProject {
  readonly name: string;
  /** Absolute path of the project folder. */
  readonly directory: string;
  /** Absolute paths of the Compose files. */
  readonly files: readonly string[];
  readonly model: ComposeModel;
  readonly warnings: readonly Warning[];
  /** Services that no active profile switches on. */
  readonly disabledServices: readonly string[];
  /** The host's environment and the `.env` files, as used for interpolation. */
  readonly environment: Readonly<Record<string, string>>;
  /** Contents of secrets and configs that come from an environment variable. */
  readonly contents: {
    readonly secrets: Readonly<Record<string, string>>;
    readonly configs: Readonly<Record<string, string>>;
  };
  /** The section `models`, which the reference leaves out of its canonical form; nothing carries it out. */
  readonly models: Readonly<Record<string, unknown>>;
  /** The `x-` keys of a service, as written. */
  extensionsOf(service: string): Readonly<Record<string, unknown>>;
  /** Where the value at a path of the model was written, or the nearest thing around it that was. */
  positionOf(path: Path): SourcePosition | undefined;
}
