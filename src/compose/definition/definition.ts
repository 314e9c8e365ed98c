import type { EnvironmentDefinition, GivenSettings, KindDefinition, VolumeDefinition } from '../../model/index.js';
import type { ComposeProject } from '../options.js';
import type { ComposeVolume } from '../project/model.js';
import { hintsOf, type ServiceHints } from './extension.js';
import { contentsOf } from './files.js';
import { warnOfIgnoredModel } from './ignored.js';
import { networkOf, ownName } from './networks.js';
import { defined } from './omit.js';
import { Report } from './report.js';
import { serviceOf } from './service.js';
import { settingsOf } from './settings.js';

/** An environment's definition as far as Compose files give it: settings hold only what `x-portside` says. */
export interface ComposeDefinition extends Omit<EnvironmentDefinition, 'settings'> {
  readonly settings: GivenSettings;
}

/**
 * Turns a loaded Compose project into the definition of an environment: kinds inferred, `x-portside` and `portside.*`
 * labels read, and a warning with its position for every key that has no effect. `kinds`: those that `defineKind` has made.
 *
 * Throws a `PortsideError`: `COMPOSE_INVALID`, `COMPOSE_UNKNOWN_KEY` or `COMPOSE_REFERENCE`.
 */
export function composeDefinition(project: ComposeProject, kinds: readonly KindDefinition[] = []): ComposeDefinition {
  const { name, directory, files, model } = project;
  const report = new Report(project);
  const hints = new Map<string, ServiceHints>();
  const names = new Map<string, string>();
  for (const [key, service] of Object.entries(model.services)) {
    if (service.provider !== undefined) {
      report.notCarriedOut(
        ['services', key, 'provider'],
        'the service is left out, since only a Compose plug-in can run it',
      );
      continue;
    }
    const read = hintsOf(project, key, service, kinds, report);
    if (read.ignore) continue;
    hints.set(key, read);
    names.set(key, read.name ?? key);
  }
  refuseTwins(names, report);
  const services = [...hints].flatMap(([key, read]) => {
    const service = model.services[key];
    return service === undefined ? [] : [serviceOf(key, service, read, (other) => names.get(other), report)];
  });
  if (services.length === 0) report.warnings.push({ code: 'NO_SERVICES', message: noServices(project) });
  warnOfIgnoredModel(model, report);
  const networks = Object.entries(model.networks ?? {}).map(([key, network]) => [key, networkOf(key, network, name)]);
  const volumes = Object.entries(model.volumes ?? {}).map(([key, volume]) => [key, volumeOf(key, volume, name)]);
  const definition = {
    project: name,
    directory,
    files,
    services,
    networks: Object.fromEntries(networks),
    volumes: Object.fromEntries(volumes),
    secrets: contentsOf(project, 'secrets', report),
    configs: contentsOf(project, 'configs', report),
    settings: settingsOf(model, report),
    warnings: report.warnings,
  };
  report.throwIfAny();
  return definition;
}

function noServices({ model, disabledServices }: ComposeProject): string {
  const message = 'There is no service to run:';
  if (Object.keys(model.services).length > 0) return `${message} all are left out.`;
  if (disabledServices.length === 0) return `${message} none is defined.`;
  const verb = disabledServices.length === 1 ? 'belongs' : 'belong';
  return `${message} ${disabledServices.join(', ')} ${verb} to profiles that are off; --profile or COMPOSE_PROFILES switches one on.`;
}

function refuseTwins(names: ReadonlyMap<string, string>, report: Report): void {
  const seen = new Map<string, string>();
  for (const [key, name] of names) {
    const other = seen.get(name);
    if (other !== undefined) {
      const message = `Cannot call two services "${name}": "${other}" and "${key}" both have this name.`;
      report.fail('COMPOSE_INVALID', ['services', key], message, {
        service: key,
        hint: 'Change the label portside.name.',
      });
    }
    seen.set(name, key);
  }
}

function volumeOf(key: string, volume: ComposeVolume, project: string): VolumeDefinition {
  return defined({
    name: ownName(key, volume.name, project),
    external: volume.external ?? false,
    driver: volume.driver,
    driverOptions: volume.driver_opts,
    labels: volume.labels,
  }) as VolumeDefinition;
}
