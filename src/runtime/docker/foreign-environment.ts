import type { Engine } from './engine.js';

/**
 * Prepares this process for Testcontainers modules, which take their settings from the process's own environment: no reaper
 * container, because portside removes what it started, and the same engine as everything else.
 */
export function prepareForeignEnvironment(engine: Engine): void {
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  if (engine.address.url !== 'unix:///var/run/docker.sock') process.env['DOCKER_HOST'] ??= engine.address.url;
}
