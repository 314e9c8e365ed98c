import { invitationFrom } from '../shared/invitation-variables.js';
import { environmentOf } from '../shared/open-scope.js';
import type { SetupOptions, StartedEnvironment } from '../shared/start-environment.js';
import type { TestEnvironment } from '../shared/test-environment.js';

/** What of Jest's global configuration decides about setup and teardown. */
export interface JestGlobalConfig {
  readonly rootDir: string;
  readonly watch?: boolean;
  readonly watchAll?: boolean;
}

/** A function for Jest's `globalSetup`. */
export type JestSetup = (globalConfig: JestGlobalConfig, projectConfig?: { readonly rootDir: string }) => Promise<void>;

let started: StartedEnvironment | undefined;

/** Makes a `globalSetup` function that starts or joins the environment, for a setup file of the project's own. */
export function createSetup(options: SetupOptions = {}): JestSetup {
  return async (globalConfig, projectConfig) => {
    if (started !== undefined) return;
    // The agent's client is loaded here, so that the processes that run tests do not load it.
    const { startEnvironment } = await import('../shared/start-environment.js');
    const environment = await startEnvironment(projectConfig?.rootDir ?? globalConfig.rootDir, 'jest', options);
    started = environment;
    environment.handle.onLost(() => {
      if (started === environment) started = undefined;
    });
  };
}

/** Jest's `globalSetup`: starts or joins the environment of the project's folder and sets its addresses as variables. */
export const globalSetup: JestSetup = createSetup();

/**
 * Jest's `globalTeardown`: ends the session, and with the last one the environment. In watch mode Jest calls it after every
 * run; there the environment stays until Jest ends.
 */
export async function globalTeardown(globalConfig?: JestGlobalConfig): Promise<void> {
  if (globalConfig?.watch === true || globalConfig?.watchAll === true) return;
  const environment = started;
  started = undefined;
  await environment?.close();
}

/** Gives the environment of a test file, or of one of its tests with scope `test`. Errors: `NO_ENVIRONMENT`, `ENVIRONMENT_STOPPED`. */
export function environmentOfTest(file: string | undefined, test: string | undefined): Promise<TestEnvironment> {
  return environmentOf({ invitation: invitationFrom(process.env), runner: 'jest', file, test });
}
