import { isIP } from 'node:net';
import { type Path, type Problems, showPath } from '../problems.js';
import { placeOf } from '../yaml/place.js';
import { isMapping, isSequence, type Mapping, type Value } from '../yaml/value.js';
import { reservedDevices } from './defaults.js';

/** Checks, in one file's merged model, what the schema cannot say about single values. */
export function checkValues(document: Mapping, problems: Problems): void {
  for (const [name, volume] of entries(document['volumes'])) checkExternal(volume, ['volumes', name], problems);
  for (const [name, config] of entries(document['configs'])) {
    checkFileObject(config, ['file', 'environment', 'content'], ['configs', name], problems);
  }
  for (const [name, secret] of entries(document['secrets'])) {
    checkFileObject(secret, ['file', 'environment'], ['secrets', name], problems);
  }
  for (const [name, service] of entries(document['services'])) checkService(service, ['services', name], problems);
}

function checkService(service: Mapping, path: Path, problems: Problems): void {
  for (const [index, port] of entries(service['ports'])) {
    const here = [...path, 'ports', index];
    const address = port['host_ip'];
    if (port['target'] === undefined) missing(here, 'target', port, problems);
    if (typeof address === 'string' && isIP(address) === 0) {
      problems.invalid([...here, 'host_ip'], 'it must be an IP address', address, placeOf(port, 'host_ip'));
    }
  }
  for (const [index, volume] of entries(service['volumes'])) {
    const here = [...path, 'volumes', index];
    if (typeof volume['target'] !== 'string') missing(here, 'target', volume, problems);
    if (volume['type'] === 'bind' && volume['source'] === undefined) missing(here, 'source', volume, problems);
  }
  for (const [index, device] of entries(service['devices'])) {
    if (typeof device['target'] !== 'string') missing([...path, 'devices', index], 'target', device, problems);
  }
  const reserved: Path = [...path, 'deploy', 'resources', 'reservations', 'devices'];
  for (const [list, where] of [
    [service['gpus'], [...path, 'gpus']],
    [reservedDevices(service), reserved],
  ] as const) {
    for (const [index, request] of entries(list)) {
      if (request['count'] === undefined || request['device_ids'] === undefined) continue;
      exclusive([...where, index], ['count', 'device_ids'], request, problems);
    }
  }
}

function checkExternal(resource: Mapping, path: Path, problems: Problems): void {
  if (resource['external'] !== true) return;
  for (const key of Object.keys(resource)) {
    if (key === 'name' || key === 'external' || key.startsWith('x-')) continue;
    problems.add(
      'COMPOSE_INVALID',
      `Cannot use ${showPath([...path, key])}: the resource is external, and portside does not create it.`,
      placeOf(resource, key),
      { part: 'key', hint: `Remove "${key}" or "external".` },
    );
  }
}

function checkFileObject(resource: Mapping, keys: readonly string[], path: Path, problems: Problems): void {
  const given = keys.filter((key) => resource[key] !== undefined);
  if (given.length > 1) exclusive(path, given, resource, problems);
  if (given.length > 0 || resource['driver'] !== undefined || resource['external'] !== undefined) return;
  problems.add(
    'COMPOSE_INVALID',
    `Cannot use ${showPath(path)}: it needs one of ${keys.join(', ')}.`,
    placeOf(resource),
  );
}

function exclusive(path: Path, keys: readonly string[], container: Mapping, problems: Problems): void {
  const [first, ...rest] = keys;
  problems.add(
    'COMPOSE_INVALID',
    `Cannot use ${showPath(path)}: "${first}" and "${rest.join('" and "')}" exclude each other.`,
    placeOf(container, keys.at(-1)),
    { part: 'key' },
  );
}

function missing(path: Path, key: string, container: Mapping, problems: Problems): void {
  problems.add('COMPOSE_INVALID', `Cannot use ${showPath(path)}: its "${key}" is missing.`, placeOf(container));
}

function entries(value: Value | undefined): [string | number, Mapping][] {
  const all: [string | number, Value][] = isSequence(value)
    ? [...value.entries()]
    : isMapping(value)
      ? Object.entries(value)
      : [];
  return all.filter((entry): entry is [string | number, Mapping] => isMapping(entry[1]));
}
