import type { Path } from '../problems.js';
import type { ComposeService } from './model.js';

/** Reports limits of a service that contradict each other: `cpus` and `deploy.resources.limits.cpus`, and the like. */
export function checkLimits(
  name: string,
  service: ComposeService,
  report: (path: Path, message: string) => void,
): void {
  const { deploy, scale } = service;
  const replicas = deploy?.replicas;
  if (scale !== undefined && replicas !== undefined && scale !== replicas) differ('scale', ['deploy', 'replicas']);
  if ((scale ?? 0) < 0)
    report(['scale'], `Cannot use services.${name}.scale: it must be at least 0. Current value is ${scale}.`);
  if ((replicas ?? 0) < 0) {
    report(
      ['deploy', 'replicas'],
      `Cannot use services.${name}.deploy.replicas: it must be at least 0. Current value is ${replicas}.`,
    );
  }
  const { limits, reservations } = deploy?.resources ?? {};
  if (limits !== undefined) {
    if (service.cpus !== undefined && limits.cpus !== service.cpus)
      differ('cpus', ['deploy', 'resources', 'limits', 'cpus']);
    if (service.mem_limit !== undefined && limits.memory !== service.mem_limit) {
      differ('mem_limit', ['deploy', 'resources', 'limits', 'memory']);
    }
    if (service.pids_limit !== undefined && limits.pids !== service.pids_limit) {
      differ('pids_limit', ['deploy', 'resources', 'limits', 'pids']);
    }
  }
  const reserved = service.mem_reservation;
  if (reserved !== undefined && reservations !== undefined && reservations.memory !== reserved) {
    differ('mem_reservation', ['deploy', 'resources', 'reservations', 'memory']);
  }
  if ((scale ?? replicas ?? 1) > 1 && service.container_name !== undefined) {
    report(['container_name'], `Cannot run several containers of "${name}": "container_name" gives them one name.`);
  }
  for (const [index, watch] of (service.develop?.watch ?? []).entries()) {
    if (watch.target !== undefined || watch.action === 'rebuild' || watch.action === 'restart') continue;
    report(
      ['develop', 'watch', index],
      `Cannot use services.${name}.develop.watch[${index}]: its "target" is missing.`,
    );
  }

  function differ(key: string, other: readonly string[]): void {
    report([key], `Cannot use services.${name}.${key}: it must be the same as ${other.join('.')}.`);
  }
}
