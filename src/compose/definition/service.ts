import type { DependencyCondition, DependencyDefinition, PullPolicy, ServiceDefinition } from '../../model/index.js';
import type { ComposeService } from '../project/model.js';
import { advertiseOf } from './advertise.js';
import { buildOf } from './build.js';
import { containerOf } from './container.js';
import type { ServiceHints } from './extension.js';
import { grantsOf } from './files.js';
import { healthcheckOf, milliseconds } from './healthcheck.js';
import { warnOfIgnored } from './ignored.js';
import { inferKind } from './kind.js';
import { mountsOf } from './mounts.js';
import { attachmentsOf } from './networks.js';
import { defined, set } from './omit.js';
import { portsOf } from './ports.js';
import { readinessOf } from './readiness.js';
import type { Report } from './report.js';
import { runsScript } from './script-run.js';
import { warnOfSharedData } from './shared-data.js';

/** Gives a service as every stage after the Compose file sees it. `nameOf` gives the name a service is found by. */
export function serviceOf(
  key: string,
  service: ComposeService,
  hints: ServiceHints,
  nameOf: (key: string) => string | undefined,
  report: Report,
): ServiceDefinition {
  const path = ['services', key];
  const name = hints.name ?? key;
  const { custom } = hints;
  const isScript = runsScript(key, report.project.model.services);
  const { kind, ports } = inferKind(service, portsOf(service, hints.portNames), hints.kind, custom, isScript);
  const first = ports.find((port) => port.protocol === 'tcp')?.target;
  warnOfIgnored(service, path, report);
  warnOfSharedData(service, kind, path, report);
  return defined({
    name,
    kind,
    custom,
    image: service.image,
    build: service.build === undefined ? undefined : buildOf(service.build, [...path, 'build'], report),
    pullPolicy: pullPolicy(service, key, report),
    command: service.command,
    entrypoint: service.entrypoint,
    environment: set(service.environment),
    advertise: advertiseOf(hints, ports, key, report),
    ports,
    dependsOn: dependencies(service, nameOf),
    healthcheck: service.healthcheck === undefined ? undefined : healthcheckOf(service.healthcheck),
    readiness: readinessOf(name, hints, first, report),
    mounts: mountsOf(service, path, report),
    secrets: grantsOf(service, 'secrets'),
    configs: grantsOf(service, 'configs'),
    networks: attachmentsOf(service, path, report),
    aliases: aliases(name, [key, service.container_name, service.hostname]),
    labels: service.labels ?? {},
    replicas: service.scale ?? service.deploy?.replicas ?? 1,
    stopSignal: service.stop_signal,
    stopGracePeriodMs: milliseconds(service.stop_grace_period),
    container: containerOf(service, report.project.directory),
    embedded: hints.embedded,
    lease: hints.lease,
    position: report.positionOf(path),
  }) as ServiceDefinition;
}

function aliases(name: string, others: readonly (string | undefined)[]): string[] {
  return [...new Set(others)].filter((other): other is string => other !== undefined && other !== name);
}

function dependencies(service: ComposeService, nameOf: (key: string) => string | undefined): DependencyDefinition[] {
  return Object.entries(service.depends_on ?? {}).flatMap(([key, dependency]) => {
    // Services of inactive profiles and services that a label leaves out are not waited for.
    const name = nameOf(key);
    if (name === undefined) return [];
    const condition = dependency.condition as DependencyCondition;
    const restart = dependency.restart ? { restart: true } : {};
    return [{ service: name, condition, required: dependency.required, ...restart }];
  });
}

function pullPolicy(service: ComposeService, key: string, report: Report): PullPolicy | undefined {
  const policy = service.pull_policy;
  if (policy === undefined || policy === 'always' || policy === 'never' || policy === 'missing' || policy === 'build') {
    return policy;
  }
  report.notCarriedOut(['services', key, 'pull_policy'], `"${policy}" is carried out as "missing"`);
  return 'missing';
}
