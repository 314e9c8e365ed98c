import { dirname } from 'node:path';
import { type SetupOptions, startEnvironment } from '../shared/start-environment.js';

export type { SetupOptions } from '../shared/start-environment.js';

/** What the setup uses of Playwright's configuration. */
export interface PlaywrightConfig {
  readonly rootDir: string;
  readonly configFile?: string;
}

/** Ends what the setup began. */
export type Teardown = () => Promise<void>;

/** Makes a `globalSetup` function that starts or joins the environment, for a setup file of the project's own. */
export function createSetup(options: SetupOptions = {}): (config: PlaywrightConfig) => Promise<Teardown> {
  return async ({ configFile, rootDir }) => {
    const root = configFile === undefined ? rootDir : dirname(configFile);
    const started = await startEnvironment(root, 'playwright', options);
    return () => started.close();
  };
}

/** Starts or joins the environment of the configuration's folder: Playwright calls it when `globalSetup` names this module. */
const setup: (config: PlaywrightConfig) => Promise<Teardown> = createSetup();
export default setup;
