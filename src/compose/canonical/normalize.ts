import type { Lookup } from '../interpolation/template.js';
import { noteEntry, placeOf } from '../yaml/place.js';
import { emptyMapping, isMapping, isSequence, type Mapping, mappingAt, type Value } from '../yaml/value.js';
import { passThrough } from './environment.js';
import { mappingOf } from './transform.js';
import { cleanTarget } from './volumes.js';

/** Adds what the Compose Specification implies: default network, names, Dockerfile, implicit dependencies. */
export function normalize(document: Mapping, project: string, lookup: Lookup): void {
  addDefaultNetwork(document);
  for (const service of Object.values(mappingAt(document, 'services'))) {
    if (isMapping(service)) normalizeService(service, lookup);
  }
  for (const kind of ['networks', 'volumes', 'configs', 'secrets']) nameResources(mappingAt(document, kind), project);
}

function addDefaultNetwork(document: Mapping): void {
  let used = false;
  for (const service of Object.values(mappingAt(document, 'services'))) {
    if (!isMapping(service) || service['provider'] !== undefined || service['network_mode'] !== undefined) continue;
    const networks = service['networks'];
    if (!isMapping(networks) || Object.keys(networks).length === 0) {
      service['networks'] = mappingOf({ default: null }, placeOf(service));
    }
    used ||= 'default' in mappingAt(service, 'networks');
  }
  if (!used || 'default' in mappingAt(document, 'networks')) return;
  if (!isMapping(document['networks'])) document['networks'] = emptyMapping();
  mappingAt(document, 'networks')['default'] = null;
}

function normalizeService(service: Mapping, lookup: Lookup): void {
  if (service['pull_policy'] === 'if_not_present') service['pull_policy'] = 'missing';
  const build = service['build'];
  if (isMapping(build)) {
    build['context'] ??= '.';
    if (build['dockerfile_inline'] === undefined || build['dockerfile_inline'] === null)
      build['dockerfile'] ??= 'Dockerfile';
    if (build['args'] !== undefined) build['args'] = passThrough(build['args'], lookup, false);
  }
  addImplicitDependencies(service);
  for (const volume of Object.values(service['volumes'] ?? [])) {
    if (isMapping(volume) && typeof volume['target'] === 'string')
      volume['target'] = cleanTarget(volume['target']) || '.';
  }
  inheritHookImage(service);
}

function addImplicitDependencies(service: Mapping): void {
  const found = mappingAt(service, 'depends_on');
  const add = (name: string, restart: boolean, key: string): void => {
    if (found[name] !== undefined) return;
    const place = placeOf(service, key);
    found[name] = mappingOf({ condition: 'service_started', restart, required: true }, place);
    noteEntry(found, name, place);
  };
  for (const link of strings(service['links'])) {
    const parts = link.split(':');
    add(parts.length === 2 ? (parts[0] ?? link) : link, true, 'links');
  }
  for (const key of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const value = service[key];
    if (typeof value === 'string' && value.startsWith('service:')) add(value.slice('service:'.length), true, key);
  }
  for (const source of strings(service['volumes_from'])) {
    if (!source.startsWith('container:')) add(source.split(':')[0] ?? source, false, 'volumes_from');
  }
  if (Object.keys(found).length > 0) service['depends_on'] = found;
}

function inheritHookImage(service: Mapping): void {
  const { image, pre_start: hooks } = service;
  if (typeof image !== 'string' || image === '' || !isSequence(hooks)) return;
  for (const hook of hooks) if (isMapping(hook)) hook['image'] ??= image;
}

function nameResources(resources: Mapping, project: string): void {
  for (const [key, value] of Object.entries(resources)) {
    const resource = isMapping(value) ? value : mappingOf({}, placeOf(resources, key));
    resource['name'] ??= resource['external'] === true ? key : `${project}_${key}`;
    resources[key] = resource;
  }
}

function strings(value: Value | undefined): string[] {
  return isSequence(value) ? value.filter((entry) => typeof entry === 'string') : [];
}
