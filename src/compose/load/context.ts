import type { Variables } from '../files/environment.js';
import type { ComposeFileSystem } from '../files/filesystem.js';
import type { Problems } from '../problems.js';
import type { Mapping } from '../yaml/value.js';

/** What every step of one load shares. */
export interface LoadContext {
  readonly fs: ComposeFileSystem;
  readonly problems: Problems;
  /** Variables for interpolation. */
  readonly environment: Readonly<Variables>;
  /** Folder that relative paths start from. */
  readonly directory: string;
  /** The user's home folder. */
  readonly home: string | undefined;
  /** Contents of secrets and configs that come from a variable, by kind and name; filled while loading. */
  readonly contents: { readonly secrets: Variables; readonly configs: Variables };
  /** The files that include one another down to here. */
  readonly including: readonly string[];
}

/** A file whose services others extend, read once. */
export interface Scope {
  readonly file: string;
  readonly directory: string;
  readonly services: Mapping;
  readonly resets: readonly (readonly string[])[];
}
