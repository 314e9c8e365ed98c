import type { Invitation } from '../shared/joined-environment.js';
import { setVariables } from '../shared/process-variables.js';
import { type SetupOptions, startEnvironment } from '../shared/start-environment.js';

export type { SetupOptions } from '../shared/start-environment.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** How tests join the environment; set by `portside/vitest/setup`. */
    portside: Invitation | undefined;
  }
}

/** What the setup uses of Vitest's `TestProject`, the same in every supported version. */
export interface SetupProject {
  readonly name?: string;
  readonly config: { readonly root: string; env?: Record<string, unknown> };
  provide(key: 'portside', value: Invitation | undefined): void;
}

/** Ends what the setup began. */
export type Teardown = () => Promise<void>;

/**
 * Makes a `globalSetup` function for Vitest that starts or joins the environment and tells the tests how to join it: for a
 * setup file of the project's own, where the defaults do not fit.
 */
export function createSetup(options: SetupOptions = {}): (project: SetupProject) => Promise<Teardown> {
  return async (project) => {
    const client = project.name ? `vitest ${project.name}` : 'vitest';
    const started = await startEnvironment(project.config.root, client, options);
    project.provide('portside', started.invitation);
    const restore = setProjectVariables(project, started.variables);
    return async () => {
      restore();
      await started.close();
    };
  };
}

/** Starts or joins the environment of the project's folder: Vitest calls it when `globalSetup` names this module. */
const setup: (project: SetupProject) => Promise<Teardown> = createSetup();
export default setup;

/**
 * Sets the variables for this project alone, too: several projects of one run may have environments of their own. What the
 * user's `test.env` sets stays.
 */
function setProjectVariables({ config }: SetupProject, variables: Readonly<Record<string, string>>): () => void {
  config.env ??= {};
  const env = config.env as Record<string, string | undefined>;
  return setVariables(env, Object.fromEntries(Object.entries(variables).filter(([name]) => !(name in env))));
}
