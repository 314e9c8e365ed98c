import type { ErrorCode } from '../../model/index.js';
import { nearest } from '../../model/index.js';
import { type Path, type Problems, showPath } from '../problems.js';
import type { Mapping } from '../yaml/value.js';
import { findCycle } from './cycle.js';
import { checkLimits } from './limits.js';
import { locate } from './locate.js';
import type { ComposeModel, ComposeService } from './model.js';

type Known = Readonly<Record<string, unknown>>;

/** What the consistency of a project is judged by. */
export interface ConsistencyContext {
  readonly model: ComposeModel;
  /** Top-level models, which the canonical model leaves out. */
  readonly models: Known;
  /** Services that no active profile switches on, with their profiles. */
  readonly disabled: Readonly<Record<string, readonly string[]>>;
  readonly document: Mapping;
  readonly problems: Problems;
}

/** Reports what is wrong between the parts of a project: undefined references, cycles, keys that exclude each other. */
export function checkConsistency(context: ConsistencyContext): void {
  const { model } = context;
  for (const [name, service] of Object.entries(model.services)) {
    checkImage(name, service, context);
    checkNetworks(name, service, context);
    checkDependencies(name, service, context);
    checkResources(name, service, context);
    checkHealthcheck(name, service, context);
    checkTargets(name, service, context);
    checkLimits(name, service, (path, message) =>
      report(context, 'COMPOSE_INVALID', ['services', name, ...path], message),
    );
  }
  for (const [name, secret] of Object.entries(model.secrets ?? {})) {
    if (secret.external || secret.file !== undefined || secret.environment !== undefined) continue;
    report(
      context,
      'COMPOSE_INVALID',
      ['secrets', name],
      `Cannot use the secret "${name}": it needs "file" or "environment".`,
    );
  }
  const cycle = findCycle(model.services);
  if (cycle === undefined) return;
  const [first = '', second = ''] = cycle;
  report(
    context,
    'COMPOSE_CYCLE',
    ['services', first, 'depends_on', second],
    `Cannot order the services: they depend on each other in a cycle: ${cycle.join(' -> ')}.`,
    'Remove one of these depends_on entries.',
  );
}

function report(context: ConsistencyContext, code: ErrorCode, path: Path, message: string, hint?: string): void {
  context.problems.add(code, message, locate(context.document, path), {
    part: 'key',
    ...(hint === undefined ? {} : { hint }),
  });
}

function checkImage(name: string, service: ComposeService, context: ConsistencyContext): void {
  const { build, image, provider, platform } = service;
  const path = ['services', name];
  if (build === undefined && image === undefined && provider === undefined) {
    report(context, 'COMPOSE_INVALID', path, `Cannot run the service "${name}": it has neither an image nor a build.`);
  }
  if (build === undefined) return;
  if (build.dockerfile !== undefined && build.dockerfile_inline !== undefined) {
    const message = `Cannot build the service "${name}": "dockerfile" and "dockerfile_inline" exclude each other.`;
    report(context, 'COMPOSE_INVALID', [...path, 'build', 'dockerfile_inline'], message);
  }
  for (const [key, source] of Object.entries(build.additional_contexts ?? {})) {
    if (!source.startsWith('service:')) continue;
    const other = source.slice('service:'.length);
    const here = [...path, 'build', 'additional_contexts', key];
    const target = context.model.services[other];
    if (target === undefined) undefinedReference(context, here, name, 'service', other, context.model.services);
    else if (target.build === undefined) {
      report(
        context,
        'COMPOSE_INVALID',
        here,
        `Cannot build the service "${name}": its context "${other}" has no build.`,
      );
    }
  }
  if (platform !== undefined && build.platforms !== undefined && !build.platforms.includes(platform)) {
    const message = `Cannot build the service "${name}": "build.platforms" lacks its platform ${platform}.`;
    report(context, 'COMPOSE_INVALID', [...path, 'build', 'platforms'], message);
  }
}

function checkNetworks(name: string, service: ComposeService, context: ConsistencyContext): void {
  const { network_mode: mode, networks = {} } = service;
  const path = ['services', name];
  if (mode !== undefined && Object.keys(networks).length > 0) {
    const message = `Cannot connect the service "${name}": "network_mode" and "networks" exclude each other.`;
    report(context, 'COMPOSE_INVALID', [...path, 'network_mode'], message);
  }
  const known = context.model.networks ?? {};
  for (const network of Object.keys(networks)) {
    if (Object.hasOwn(known, network)) continue;
    undefinedReference(context, [...path, 'networks', network], name, 'network', network, known);
  }
}

function checkDependencies(name: string, service: ComposeService, context: ConsistencyContext): void {
  const { services } = context.model;
  for (const [dependency, { required }] of Object.entries(service.depends_on ?? {})) {
    if (services[dependency] !== undefined) continue;
    const path = ['services', name, 'depends_on', dependency];
    const profiles = context.disabled[dependency];
    if (profiles === undefined) {
      undefinedReference(context, path, name, 'service', dependency, services);
    } else if (required) {
      report(
        context,
        'COMPOSE_REFERENCE',
        path,
        `Cannot run the service "${name}": it depends on "${dependency}", which no active profile switches on.`,
        `Switch on the profile ${profiles.join(' or ')}, or write "required: false".`,
      );
    }
  }
}

function checkResources(name: string, service: ComposeService, context: ConsistencyContext): void {
  const { model } = context;
  const path = ['services', name];
  const check = (key: Path, kind: string, source: string | undefined, known: Known = {}): void => {
    if (source === undefined || Object.hasOwn(known, source)) return;
    undefinedReference(context, [...path, ...key], name, kind, source, known);
  };
  for (const [index, mount] of (service.volumes ?? []).entries()) {
    if (mount.type === 'volume') check(['volumes', index], 'volume', mount.source, model.volumes);
  }
  for (const [index, grant] of (service.secrets ?? []).entries())
    check(['secrets', index], 'secret', grant.source, model.secrets);
  for (const [index, grant] of (service.configs ?? []).entries())
    check(['configs', index], 'config', grant.source, model.configs);
  for (const [index, grant] of (service.build?.secrets ?? []).entries()) {
    check(['build', 'secrets', index], 'secret', grant.source, model.secrets);
  }
  for (const key of Object.keys(service.models ?? {})) check(['models', key], 'model', key, context.models);
}

function checkHealthcheck(name: string, { healthcheck }: ComposeService, context: ConsistencyContext): void {
  const [kind] = healthcheck?.test ?? [];
  if (kind === undefined || ['CMD', 'CMD-SHELL', 'NONE'].includes(kind)) return;
  report(
    context,
    'COMPOSE_INVALID',
    ['services', name, 'healthcheck', 'test'],
    `Cannot use services.${name}.healthcheck.test: a list must begin with CMD, CMD-SHELL or NONE. Current value begins with "${kind}".`,
  );
}

function checkTargets(name: string, service: ComposeService, context: ConsistencyContext): void {
  const taken = new Map<string, string>();
  const take = (target: string, path: Path): void => {
    const other = taken.get(target);
    if (other !== undefined) {
      const message = `Cannot mount ${showPath(path)}: its target ${target} is already mounted by ${other}.`;
      report(context, 'COMPOSE_INVALID', path, message);
    }
    taken.set(target, showPath(path));
  };
  for (const [index, entry] of (service.tmpfs ?? []).entries()) {
    take(entry.split(':')[0] ?? entry, ['services', name, 'tmpfs', index]);
  }
  for (const [index, mount] of (service.volumes ?? []).entries()) {
    take(mount.target ?? '', ['services', name, 'volumes', index]);
  }
}

function undefinedReference(
  context: ConsistencyContext,
  path: Path,
  service: string,
  kind: string,
  name: string,
  known: Known,
): void {
  const near = nearest(name, Object.keys(known));
  const hint = near === undefined ? `Define it under "${kind}s", or remove the reference.` : `Did you mean "${near}"?`;
  report(
    context,
    'COMPOSE_REFERENCE',
    path,
    `Cannot run the service "${service}": the ${kind} "${name}" is not defined.`,
    hint,
  );
}
