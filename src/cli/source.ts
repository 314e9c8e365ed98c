import type { EnvironmentSource } from '../environment/index.js';
import type { CliContext } from './context.js';
import type { CommonOptions } from './options.js';

/** Says where the environment's definition comes from, by the options given. */
export function sourceOf(context: CliContext, options: CommonOptions): EnvironmentSource {
  const { file, profile, envFile, projectDirectory, projectName, config, runtime, ports, keepWarm, startTimeout } =
    options;
  return {
    cwd: context.cwd,
    environment: context.environment,
    ...(file === undefined ? {} : { files: file }),
    ...(profile === undefined ? {} : { profiles: profile }),
    ...(envFile === undefined ? {} : { envFiles: envFile }),
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
    ...(projectName === undefined ? {} : { projectName }),
    ...(config === undefined ? {} : { configFile: config }),
    settings: {
      ...(runtime === undefined ? {} : { runtime }),
      ...(ports === undefined ? {} : { ports }),
      ...(keepWarm === undefined ? {} : { keepWarmMs: keepWarm }),
      ...(startTimeout === undefined ? {} : { startTimeoutMs: startTimeout }),
    },
  };
}

/** Tells whether the options name an environment other than the one that the working folder gives. */
export function namesEnvironment(options: CommonOptions): boolean {
  const { file, profile, envFile, projectDirectory, projectName, config } = options;
  return [file, profile, envFile, projectDirectory, projectName, config].some((option) => option !== undefined);
}
