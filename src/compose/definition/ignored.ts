import type { Path } from '../problems.js';
import type { ComposeModel, ComposeService } from '../project/model.js';
import type { Report } from './report.js';

const serviceKeys: readonly (keyof ComposeService)[] = [
  'blkio_config',
  'credential_spec',
  'develop',
  'external_links',
  'models',
  'pre_start',
  'use_api_socket',
];

const deployKeys = [
  'endpoint_mode',
  'labels',
  'placement',
  'restart_policy',
  'rollback_config',
  'update_config',
] as const;

/** Warns of the keys of a service that are accepted and have no effect, and of a network that leaves nothing to isolate. */
export function warnOfIgnored(service: ComposeService, path: Path, report: Report): void {
  if (service.network_mode === 'host') {
    const key = [...path, 'network_mode'];
    const why = 'on Docker its program listens on ports of the host itself, which are neither dynamic nor isolated';
    report.warn('HOST_NETWORK', key, `${key.join('.')} is "host": ${why}.`);
  }
  for (const key of serviceKeys) if (service[key] !== undefined) report.notCarriedOut([...path, key]);
  const { deploy } = service;
  if (deploy === undefined) return;
  const here = [...path, 'deploy'];
  for (const key of deployKeys) {
    const value = deploy[key];
    if (value !== undefined && Object.keys(value).length > 0) report.notCarriedOut([...here, key]);
  }
  if (deploy.mode !== undefined && deploy.mode !== 'replicated') {
    report.notCarriedOut([...here, 'mode'], 'only the mode "replicated" is carried out');
  }
  const { limits, reservations } = deploy.resources;
  if (reservations?.cpus !== undefined) report.notCarriedOut([...here, 'resources', 'reservations', 'cpus']);
  for (const [name, resource] of Object.entries({ limits, reservations })) {
    if (resource?.generic_resources === undefined) continue;
    report.notCarriedOut([...here, 'resources', name, 'generic_resources']);
  }
}

/** Warns of top-level keys that are accepted and have no effect. */
export function warnOfIgnoredModel(model: ComposeModel, report: Report): void {
  for (const [name, secret] of Object.entries(model.secrets ?? {})) {
    for (const key of ['driver', 'driver_opts', 'template_driver'] as const) {
      if (secret[key] !== undefined) report.notCarriedOut(['secrets', name, key]);
    }
  }
  for (const [name, config] of Object.entries(model.configs ?? {})) {
    if (config.template_driver !== undefined) report.notCarriedOut(['configs', name, 'template_driver']);
  }
}
