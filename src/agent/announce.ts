import { broadcastSecret, loadConfig } from '../config/index.js';
import { announceEnvironment, type Environment, type EnvironmentSource } from '../environment/index.js';
import type { Telemetry } from '../model/index.js';

/** Announces the environment as the section `broadcast` of its configuration file says; without one, on this machine alone. */
export function announce(
  environment: Environment,
  { source, stateFolder, telemetry }: { source: EnvironmentSource; stateFolder: string; telemetry: Telemetry },
): void {
  announceEnvironment(
    environment,
    async () => {
      const settings = (await loadConfig(source))?.sections.broadcast ?? {};
      if (settings.enabled === false) return undefined;
      return { settings, secret: broadcastSecret(stateFolder, source.environment), now: Date.now, telemetry };
    },
    telemetry.log,
  );
}
