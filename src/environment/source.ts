import type { GivenSettings } from '../model/index.js';

/** Where an environment's definition comes from: what the command line, a runner or a program says. Plain data. */
export interface EnvironmentSource {
  /** Compose files; absent: `COMPOSE_FILE`, else the standard names in `cwd` and its parents. */
  readonly files?: readonly string[];
  readonly profiles?: readonly string[];
  readonly envFiles?: readonly string[];
  readonly projectDirectory?: string;
  readonly projectName?: string;
  /** A `portside.config.*`; absent: the one found from `cwd` upwards, if any. */
  readonly configFile?: string;
  /** Settings that win over every other place. */
  readonly settings?: GivenSettings;
  readonly cwd: string;
  /** The host's environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}
